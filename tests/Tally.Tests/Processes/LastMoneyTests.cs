using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>A wallet pays for what it holds and not for one order more, whoever asks first.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class LastMoneyTests
{
    private const int Affordable = 50, Requests = 500;

    [Theory, BothStores]
    public async Task A_wallet_for_fifty_orders_pays_exactly_fifty_of_five_hundred_at_once(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var customer = await panel.OpenAccountAsync("customer@example.com", "61.725");
        var service = await panel.AddServiceAsync(rate: "12.345"); // 100 cost 1.2345, and 50 of those 61.725
        var callers = new List<ApiCaller>();

        // Only PostgreSQL is shared by several nodes.
        for (var node = 0; node < (kind == StoreKind.Postgres ? 2 : 1); node++)
        {
            callers.Add(new ApiCaller((await panel.ServeAsync()).Address));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(n => callers[n % callers.Count].AddAsync(
            customer.Key.Key, ("service", service), ("link", $"https://example.com/{n}"), ("quantity", "100"), ("order_reference", $"r{n}"))));

        answers.Count(a => a.IsAccepted).ShouldBe(Affordable);
        answers.Where(a => !a.IsAccepted).Distinct().ShouldHaveSingleItem().ShouldBe(new AddAnswer(null, "Not enough funds on balance", "not_enough_funds"));
        answers.Where(a => a.IsAccepted).Select(a => a.Order).Distinct().Count().ShouldBe(Affordable);
        foreach (var caller in callers)
        {
            (await caller.BalanceAsync(customer.Key.Key)).ShouldBe("0");
            caller.Dispose();
        }

        // A refused attempt leaves nothing behind, and its reference is free.
        (await panel.CountAsync("SELECT COUNT(*) FROM orders")).ShouldBe(Affordable);
        (await panel.CountAsync("SELECT COUNT(*) FROM order_references")).ShouldBe(Affordable);
        (await panel.VerifyAsync()).ShouldBe(Affordable);
    }
}
