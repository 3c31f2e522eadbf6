using Dapper;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>The links that may not be ordered again while an order for them is active (a service's setting, off by default).</summary>
internal static class ActiveLinks
{
    /// <summary>Those of the drafts' links that an active order of the same account and service has.</summary>
    public static async Task<HashSet<(long Account, long Service, string LinkHash)>> ReadAsync(WriteTransaction tx, IReadOnlyList<OrderDraft> drafts, CancellationToken ct)
    {
        var active = new HashSet<(long, long, string)>();
        foreach (var key in drafts.Select(d => (Account: d.AccountId, Service: d.Service.Id, LinkHash: d.UniqueLink!)).Distinct())
        {
            var found = await tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM orders WHERE account_id = @Account AND service_id = @Service AND unique_link = @LinkHash",
                new { key.Account, key.Service, key.LinkHash }, tx.Transaction, cancellationToken: ct));
            if (found > 0)
            {
                active.Add(key);
            }
        }

        return active;
    }
}
