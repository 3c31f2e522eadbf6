using Dapper;
using Shouldly;
using Tally.Accounts;
using Tally.Commands;
using Tally.Demo;
using Tally.Ledger;
using Tally.Orders;
using Tally.Testing;
using Tally.Tests.Testing;
using Xunit;

namespace Tally.Tests.Demo;

/// <summary>The past of the demo: made by the use cases, provable, the same every time, and made once.</summary>
public sealed class DemoHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 34, 0, TimeSpan.Zero);

    [Theory, BothStores]
    public async Task The_past_has_something_of_everything_and_its_books_hold(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync();
        await using var store = await TestStore.CreateAsync(kind);
        await DemoStore.MakeAsync(store.ConnectionString, "a-key-of-sixteen-or-more", provider, Now, CancellationToken.None);
        await using var panel = await TestPanel.JoinAsync(store.ConnectionString);
        var report = await panel.VerifyAsync();
        report.Holds.ShouldBeTrue(report.FirstFault);

        await using var connection = await store.OpenAsync();
        var statuses = (await connection.QueryAsync<long>("SELECT DISTINCT status FROM orders")).Select(s => (OrderStatus)s).ToList();
        foreach (var status in (OrderStatus[])[OrderStatus.Pending, OrderStatus.Completed, OrderStatus.Partial, OrderStatus.Canceled, OrderStatus.InProgress, OrderStatus.Active])
        {
            statuses.ShouldContain(status);
        }

        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(DISTINCT type) FROM orders")).ShouldBe(17);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders WHERE parent_id IS NULL")).ShouldBeInRange(150, 400);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders WHERE parent_id IS NOT NULL AND run IS NOT NULL")).ShouldBeGreaterThan(14);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders WHERE parent_id IS NOT NULL AND run IS NULL")).ShouldBeGreaterThan(6);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM refills WHERE ended_at IS NOT NULL")).ShouldBeGreaterThan(3);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM payments")).ShouldBeGreaterThan(5);
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(DISTINCT kind) FROM service_changes")).ShouldBeGreaterThan(3);
        (await connection.ExecuteScalarAsync<long>("SELECT MAX(created_at) FROM orders")).ShouldBeLessThanOrEqualTo(Now.ToUnixTimeMilliseconds());

        var account = await panel.Get<AccountBook>().FindAsync(DemoStore.Customer, CancellationToken.None);
        (await panel.Get<Notices>().UnreadAsync(account.Id, 10, CancellationToken.None)).ShouldHaveSingleItem().Kind.ShouldBe("subscription_paused");
        (await panel.Get<Tally.Billing.ReadBalance>().RunAsync(account.Id, CancellationToken.None)).ShouldBeGreaterThan(Money.Parse("9000000"));
    }

    [Theory, BothStores]
    public async Task The_same_start_makes_the_same_past(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync();
        (await StatementAsync(kind, provider)).ShouldBe(await StatementAsync(StoreKind.Sqlite, provider));
    }

    [Theory, BothStores]
    public async Task A_second_start_adds_nothing(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync();
        await using var store = await TestStore.CreateAsync(kind);
        using var folder = new TemporaryFolder();
        var key = await DemoStore.PrepareAsync(store.ConnectionString, folder.Path, null, provider, CancellationToken.None);
        var before = await CountsAsync(store);
        (await DemoStore.PrepareAsync(store.ConnectionString, folder.Path, null, provider, CancellationToken.None)).ShouldBe(key);
        (await CountsAsync(store)).ShouldBe(before);
        await Should.ThrowAsync<InvalidInputException>(() => DemoStore.PrepareAsync(store.ConnectionString, folder.Path, "another-key-of-sixteen", provider, CancellationToken.None));
        using var other = new TemporaryFolder();
        await Should.ThrowAsync<InvalidInputException>(() => DemoStore.PrepareAsync(store.ConnectionString, other.Path, null, provider, CancellationToken.None));
        (await CountsAsync(store)).ShouldBe(before);
    }

    private static async Task<string> CountsAsync(TestStore store)
    {
        await using var connection = await store.OpenAsync();
        return await connection.QuerySingleAsync<string>(
            "SELECT (SELECT COUNT(*) FROM orders) || ' ' || (SELECT COUNT(*) FROM payments) || ' ' || (SELECT COUNT(*) FROM ledger_transfers) || ' ' || (SELECT COUNT(*) FROM service_changes) || ' ' || (SELECT COUNT(*) FROM accounts)");
    }

    private static async Task<IReadOnlyList<string>> StatementAsync(StoreKind kind, SimulatedProvider provider)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await DemoStore.MakeAsync(store.ConnectionString, "a-key-of-sixteen-or-more", provider, Now, CancellationToken.None);
        await using var connection = await store.OpenAsync();
        var ledger = new GeneralLedger(kind == StoreKind.Postgres ? LedgerDialect.Postgres : LedgerDialect.Sqlite);
        var account = await connection.ExecuteScalarAsync<long>("SELECT id FROM accounts");
        var entries = await ledger.StatementAsync(connection, account, long.MaxValue, GeneralLedger.MaxStatementPage, CancellationToken.None);
        return [.. entries.Select(e => e.ToString())];
    }
}
