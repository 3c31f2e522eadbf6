using Shouldly;
using Tally.Ledger;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>SIGTERM: a node takes no more requests, finishes those that it has, and ends with 0.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class GracefulStopTests
{
    [Theory, BothStores]
    public async Task Stopped_under_load_a_node_answers_what_it_took_and_takes_nothing_that_it_does_not_answer(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var customer = await panel.OpenAccountAsync("customer@example.com");
        var journal = new Journal([customer], [await panel.AddServiceAsync()]);
        var node = await panel.ServeAsync();
        using var caller = new ApiCaller(node.Address);

        var load = journal.LoadAsync(caller, "stopped");
        await TestPanel.WaitAsync(() => Task.FromResult(journal.All.Count(s => s.Acknowledged is not null) >= 100), "a hundred orders are acknowledged");
        (await node.StopAsync()).ShouldBe(0, string.Join('\n', node.Errors));
        await load.WaitAsync(TimeSpan.FromSeconds(60));

        journal.All.Count(s => s.Answers.Contains(null)).ShouldBeGreaterThan(0, "the load was over before the stop");
        await panel.ShouldBeStoredAsync(journal);
        var unanswered = journal.All.Where(s => s.Answers.All(a => a is null)).Select(s => s.Reference).ToHashSet();
        (await panel.QueryAsync<string>("SELECT reference FROM order_references")).Where(unanswered.Contains).ShouldBeEmpty("orders were taken, and their customers never told");

        using var again = new ApiCaller((await panel.ServeAsync()).Address);
        await panel.WalletsShouldAddUpAsync(again, journal, new Dictionary<long, Money> { [customer.Id] = Money.Parse("1000000") });
        await journal.ShouldAnswerAgainAsync(again, "stopped");
        (await panel.VerifyAsync()).ShouldBe(journal.All.Count(s => s.Acknowledged is not null));
    }

    [Theory, BothStores]
    public async Task A_request_that_waits_long_for_the_store_is_still_answered_by_a_node_that_was_asked_to_stop(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var customer = await panel.OpenAccountAsync("customer@example.com");
        var service = await panel.AddServiceAsync(rate: "1000");
        var node = await panel.ServeAsync();
        using var caller = new ApiCaller(node.Address);
        Task<AddAnswer> AddAsync(string reference) =>
            caller.AddAsync(customer.Key.Key, ("service", service), ("link", "https://example.com/slow"), ("quantity", "100"), ("order_reference", reference));
        (await AddAsync("warm")).IsAccepted.ShouldBeTrue();

        Task<AddAnswer> slow;
        await using (await StoreLock.HoldAsync(panel, customer.Id))
        {
            slow = AddAsync("slow");
            await StoreLock.WaitedForAsync(panel);
            await node.AskToStopAsync();

            // Longer than any hasty end of the process takes, and shorter than a store may take to answer.
            await Task.Delay(TimeSpan.FromSeconds(4));
            slow.IsCompleted.ShouldBeFalse();
        }

        (await slow).IsAccepted.ShouldBeTrue();
        (await node.EndAsync()).ShouldBe(0, string.Join('\n', node.Errors));
        (await panel.VerifyAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Load_at_two_nodes_goes_on_at_the_other_when_one_is_stopped()
    {
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Postgres);
        var customer = await panel.OpenAccountAsync("customer@example.com");
        var journal = new Journal([customer], [await panel.AddServiceAsync()]);
        var (stopped, stays) = (await panel.ServeAsync(), await panel.ServeAsync());
        using var first = new ApiCaller(stopped.Address);
        using var second = new ApiCaller(stays.Address);

        var load = journal.LoadAsync(first, "first");
        await TestPanel.WaitAsync(() => Task.FromResult(journal.All.Count(s => s.Acknowledged is not null) >= 50), "fifty orders are acknowledged");
        (await stopped.StopAsync()).ShouldBe(0);
        await load.WaitAsync(TimeSpan.FromSeconds(60));
        journal.All.Count(s => s.Answers.Contains(null)).ShouldBeGreaterThan(0, "the load was over before the stop");

        await journal.ShouldAnswerAgainAsync(second, "first");
        await panel.ShouldBeStoredAsync(journal);
        (await panel.VerifyAsync()).ShouldBe(journal.All.Count(s => s.Acknowledged is not null));
    }
}
