using System.Data.Common;
using Dapper;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Torture;

/// <summary>Reads what the store holds, all of one moment, and lets <c>ledger verify</c> judge the money.</summary>
internal static class ReadStore
{
    public static Task<StoreContents> ContentsAsync(this TorturedPanel panel) => panel.UseAsync(async scope =>
    {
        var report = await scope.Get<VerifyOrders>().RunAsync(null, CancellationToken.None);
        return await scope.Get<Database>().SnapshotAsync(connection => ReadAsync(connection, report.FirstFault ?? (report.Holds ? null : "it does not hold")), CancellationToken.None);
    });

    /// <summary>How many orders are still to be sent by themselves.</summary>
    public static Task<long> ToSendAsync(this TorturedPanel panel) => panel.UseAsync(async scope =>
    {
        await using var connection = await scope.Get<Database>().OpenReadAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>(
            $"SELECT COUNT(*) FROM orders WHERE send_state IN ({(int)SendState.Ready}, {(int)SendState.Sending}, {(int)SendState.Unconfirmed}) AND due_at IS NOT NULL");
    });

    /// <summary>How many orders wait for a person: in doubt at a provider that knows no references, or refused.</summary>
    public static Task<long> WaitingAsync(this TorturedPanel panel) => panel.UseAsync(async scope =>
    {
        var (unconfirmed, held) = await scope.Get<AttendOrder>().CountAsync(CancellationToken.None);
        return unconfirmed + held;
    });

    /// <summary>Whether the provider has answered an order's call.</summary>
    public static Task<bool> IsSentAsync(this TorturedPanel panel, long order) => panel.UseAsync(async scope =>
    {
        await using var connection = await scope.Get<Database>().OpenReadAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders WHERE id = @order AND provider_order IS NOT NULL", new { order }) > 0;
    });

    /// <summary>Changes the store behind the panel's back.</summary>
    public static Task ExecuteAsync(this TorturedPanel panel, string sql, object? parameters = null) => panel.UseAsync(scope =>
        scope.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync(sql, parameters, tx.Transaction), CancellationToken.None));

    private static async Task<StoreContents> ReadAsync(DbConnection connection, string? fault) => new(
        [.. await connection.QueryAsync<StoredOrder>(
            "SELECT id, account_id AS account, service_id AS service, link, quantity, charge, refunded, status, send_state, provider_id AS provider, provider_order, due_at FROM orders")],
        (await connection.QueryAsync<(long Account, string Reference, long Order)>("SELECT account_id, reference, order_id FROM order_references")).ToDictionary(r => (r.Account, r.Reference), r => r.Order),
        [.. (await connection.QueryAsync<(long Account, long Balance, long Limit)>("SELECT account_id, balance, credit_limit FROM ledger_wallets")).Select(w => new StoredWallet(w.Account, w.Balance, w.Limit))],
        (await connection.QueryAsync<long>("SELECT order_id FROM cancels")).ToHashSet(),
        (await connection.QueryAsync<(long Id, long Order)>("SELECT id, order_id FROM refills")).ToDictionary(r => r.Id, r => r.Order),
        fault);
}
