using Dapper;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Tests.ApiV2;

/// <summary>Makes happen in the store what only time, a provider or an operator's page brings about.</summary>
internal static class ContractStore
{
    public static Task RunAsync(TestPanel panel, string sql, object parameters) =>
        panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync(sql, parameters, tx.Transaction), CancellationToken.None);

    /// <summary>A refill's work goes on, or ends.</summary>
    public static Task SetRefillAsync(TestPanel panel, long refill, RefillStatus status) => RunAsync(
        panel, "UPDATE refills SET status = @status, ended_at = @ended WHERE id = @refill",
        new { refill, status = (int)status, ended = status.IsFinal() ? panel.Get<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds() : (long?)null });
}
