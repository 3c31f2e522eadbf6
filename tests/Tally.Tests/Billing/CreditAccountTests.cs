using Shouldly;
using Tally.Billing;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Billing;

public sealed class CreditAccountTests
{
    [Theory, BothStores]
    public async Task Money_is_put_on_a_wallet_and_taken_off_with_a_reason(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "0");
        var credit = panel.Get<CreditAccount>();
        var first = await credit.RunAsync(panel.Customer.Id, Money.Parse("100.84292"), "bank transfer 17", "lan", CancellationToken.None);
        first.Balance.ShouldBe(Money.Parse("100.84292"));
        var second = await credit.RunAsync(panel.Customer.Id, Money.Parse("-0.84292"), "typing error", "lan", CancellationToken.None);
        second.Balance.ShouldBe(Money.Parse("100"));
        second.Payment.ShouldBeGreaterThan(first.Payment);
        (await panel.BalanceAsync()).ShouldBe("100");
        await panel.ShouldVerifyAsync();

        (await panel.QueryAsync<(long Id, long Account, long Amount, string Method, string Note)>("SELECT id, account_id, amount, method, note FROM payments ORDER BY id")).ShouldBe(
        [
            (first.Payment, panel.Customer.Id, 10_084_292, "adjustment", "bank transfer 17"), (second.Payment, panel.Customer.Id, -84_292, "adjustment", "typing error"),
        ]);
        (await panel.QueryAsync<(string Actor, string Subject, string Detail)>("SELECT actor, subject, detail FROM audit WHERE action = 'credit' ORDER BY id")).ShouldBe(
        [
            ("lan", "account " + panel.Customer.Id.Text(), "100.84292: bank transfer 17"), ("lan", "account " + panel.Customer.Id.Text(), "-0.84292: typing error"),
        ]);
    }

    [Theory, BothStores]
    public async Task What_cannot_be_booked_is_refused_and_nothing_stays_of_it(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "0");
        await panel.Get<CreditAccount>().RunAsync(panel.Customer.Id, Money.Parse("5"), "start", "lan", CancellationToken.None);
        (await RefusedAsync(panel, panel.Customer.Id, "0", "nothing")).ShouldContain("not be 0");
        (await RefusedAsync(panel, panel.Customer.Id, "1", " ")).ShouldContain("reason");
        (await RefusedAsync(panel, panel.Customer.Id, "-5.00001", "too much")).ShouldContain("The wallet has 5");
        (await RefusedAsync(panel, 999_999, "1", "whose")).ShouldContain("no wallet");
        (await RefusedAsync(panel, panel.Customer.Id, "92233720368547.75807", "all the money")).ShouldContain("cannot hold");
        (await panel.BalanceAsync()).ShouldBe("5");
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM payments")).ShouldBe([1]);
        (await panel.QueryAsync<long>("SELECT COUNT(*) FROM audit")).ShouldBe([1]);
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Credits_at_the_same_time_all_count(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "0");
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i =>
            panel.Get<CreditAccount>().RunAsync(panel.Customer.Id, new Money(i % 2 == 0 ? i : 1_000), "many", "lan", CancellationToken.None)));
        (await panel.BalanceAsync()).ShouldBe("0.2042");
        await panel.ShouldVerifyAsync();
    }

    private static async Task<string> RefusedAsync(TestPanel panel, long account, string amount, string reason) =>
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<CreditAccount>().RunAsync(account, Money.Parse(amount), reason, "lan", CancellationToken.None))).Message;
}
