using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>One order_reference is one order and one charge: however many requests carry it, at whichever node, before and after a restart.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class ReferenceRaceTests
{
    private const int Requests = 200;

    [Theory, BothStores]
    public async Task Two_hundred_adds_at_once_with_one_reference_are_one_order_and_one_charge_also_after_a_restart(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var customer = await panel.OpenAccountAsync("customer@example.com", "1000");
        var service = await panel.AddServiceAsync(rate: "1000");
        var node = await panel.ServeAsync();

        var order = await RaceAsync(customer, service, node);
        await OneOrderAsync(panel, customer, node);

        (await node.StopAsync()).ShouldBe(0);
        var restarted = await panel.ServeAsync();
        (await RaceAsync(customer, service, restarted)).ShouldBe(order);
        await OneOrderAsync(panel, customer, restarted);
        await ConflictsAsync(customer, service, restarted, order);
        (await panel.VerifyAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Two_nodes_that_get_one_reference_at_once_make_one_order_of_it()
    {
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Postgres);
        var customer = await panel.OpenAccountAsync("customer@example.com", "1000");
        var service = await panel.AddServiceAsync(rate: "1000");
        TallyProcess[] nodes = [await panel.ServeAsync(), await panel.ServeAsync()];

        var order = await RaceAsync(customer, service, nodes);
        await OneOrderAsync(panel, customer, nodes[0]);
        await ConflictsAsync(customer, service, nodes[1], order);

        await nodes[0].KillAsync();
        (await RaceAsync(customer, service, nodes[1])).ShouldBe(order);
        await OneOrderAsync(panel, customer, nodes[1]);
        (await panel.VerifyAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Two_nodes_make_one_order_of_each_of_many_references_that_they_get_in_opposite_order()
    {
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Postgres);
        OpenedAccount[] customers = [await panel.OpenAccountAsync("one@example.com"), await panel.OpenAccountAsync("two@example.com")];
        var service = await panel.AddServiceAsync(rate: "1000");
        using var first = new ApiCaller((await panel.ServeAsync()).Address);
        using var second = new ApiCaller((await panel.ServeAsync()).Address);

        var wanted = Enumerable.Range(0, Requests).SelectMany(n => customers.Select(c => (Customer: c, Reference: $"many-{n}"))).ToList();
        Task<AddAnswer> AddAsync(ApiCaller node, OpenedAccount customer, string reference) => node.AddAsync(customer.Key.Key, Order(service, reference, "100"));
        var forward = wanted.Select(w => AddAsync(first, w.Customer, w.Reference)).ToList();
        var backward = Enumerable.Reverse(wanted).Select(w => AddAsync(second, w.Customer, w.Reference)).ToList();
        var there = await Task.WhenAll(forward);
        var back = (await Task.WhenAll(backward)).Reverse().ToArray();

        there.ShouldAllBe(a => a.IsAccepted);
        back.Select(a => a.Order).ShouldBe(there.Select(a => a.Order));
        there.Select(a => a.Order).Distinct().Count().ShouldBe(wanted.Count);
        (await panel.CountAsync("SELECT COUNT(*) FROM orders")).ShouldBe(wanted.Count);
        foreach (var customer in customers)
        {
            (await first.BalanceAsync(customer.Key.Key)).ShouldBe((1_000_000 - (Requests * 100)).ToString());
        }

        (await panel.VerifyAsync()).ShouldBe(wanted.Count);
    }

    private static (string, string)[] Order(string service, string reference, string quantity) =>
        [("service", service), ("link", "https://example.com/race"), ("quantity", quantity), ("order_reference", reference)];

    /// <summary>Sends the same order many times at once, spread over the nodes; returns the one id that all answers name.</summary>
    private static async Task<long> RaceAsync(OpenedAccount customer, string service, params TallyProcess[] nodes)
    {
        var callers = nodes.Select(n => new ApiCaller(n.Address)).ToList();
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(n => callers[n % callers.Count].AddAsync(customer.Key.Key, Order(service, "the one", "100"))));
            answers.ShouldAllBe(a => a.IsAccepted);
            return answers.Select(a => a.Order!.Value).Distinct().ShouldHaveSingleItem();
        }
        finally
        {
            callers.ForEach(c => c.Dispose());
        }
    }

    private static async Task OneOrderAsync(ProcessPanel panel, OpenedAccount customer, TallyProcess node)
    {
        using var caller = new ApiCaller(node.Address);
        (await caller.BalanceAsync(customer.Key.Key)).ShouldBe("900");
        (await panel.CountAsync("SELECT COUNT(*) FROM orders")).ShouldBe(1);
        (await panel.CountAsync("SELECT COUNT(*) FROM order_references")).ShouldBe(1);
    }

    private static async Task ConflictsAsync(OpenedAccount customer, string service, TallyProcess node, long order)
    {
        using var caller = new ApiCaller(node.Address);
        var conflict = await caller.AddAsync(customer.Key.Key, Order(service, "the one", "101"));
        conflict.ShouldBe(new AddAnswer(order, "order_reference was already used with other parameters", "reference_conflict"));
        (await caller.BalanceAsync(customer.Key.Key)).ShouldBe("900");
    }
}
