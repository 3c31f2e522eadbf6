using System.Data.Common;
using Dapper;
using Tally.Testing;

namespace Tally.Tests.Processes;

/// <summary>Another program that keeps the store busy: while it is held, no order of the account can be charged.</summary>
internal sealed class StoreLock : IAsyncDisposable
{
    private readonly DbConnection _connection;

    private StoreLock(DbConnection connection) => _connection = connection;

    public static async Task<StoreLock> HoldAsync(ProcessPanel panel, long account)
    {
        var held = new StoreLock(await panel.OpenAsync());
        await held._connection.ExecuteAsync(panel.Kind == StoreKind.Sqlite
            ? "BEGIN IMMEDIATE"
            : "BEGIN; SELECT balance FROM ledger_wallets WHERE account_id = @account FOR UPDATE", new { account });
        return held;
    }

    /// <summary>Waits until a node wants the lock. SQLite does not tell who waits for it: there a request on loopback gets time enough to come in.</summary>
    public static Task WaitedForAsync(ProcessPanel panel) => panel.Kind == StoreKind.Sqlite
        ? Task.Delay(TimeSpan.FromSeconds(2))
        : TestPanel.WaitAsync(
            async () => await panel.CountAsync("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0,
            "a node waits for the wallet");

    public async ValueTask DisposeAsync()
    {
        await _connection.ExecuteAsync("ROLLBACK");
        await _connection.DisposeAsync();
    }
}
