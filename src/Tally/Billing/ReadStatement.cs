using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>A line of an account's statement.</summary>
/// <param name="Order">The order that it is for, if it is for one.</param>
/// <param name="Payment">The payment that it is for, if it is for one.</param>
/// <param name="Method">That payment's method.</param>
/// <param name="Balance">The wallet's balance after it.</param>
public sealed record StatementLine(long Version, Reason Reason, long? Order, long? Payment, string? Method, Money Amount, Money Balance, long CreatedAt);

/// <summary>A page of a statement.</summary>
/// <param name="Next">Where the next, older page goes on; null when this is the last.</param>
public sealed record StatementPage(IReadOnlyList<StatementLine> Lines, long? Next);

/// <summary>Reads every movement of an account's wallet, newest first, from the ledger itself.</summary>
public sealed class ReadStatement(Database database, GeneralLedger ledger)
{
    /// <param name="only">Only movements of this kind; null = all.</param>
    /// <param name="before">The <see cref="StatementPage.Next"/> of the page before; null = from the newest on.</param>
    /// <param name="atMost">1 … 1,000.</param>
    public async Task<StatementPage> RunAsync(long account, Reason? only, long? before, int atMost, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var entries = await ledger.StatementAsync(connection, account, before ?? long.MaxValue, atMost + 1, ct, only);
        var shown = entries.Take(atMost).ToList();
        var payments = shown.Where(e => !e.Key.Reason.IsOrderReason()).Select(e => e.Key.Subject).Distinct().ToList();
        var methods = payments.Count == 0 ? [] : (await connection.QueryAsync<(long Id, string Method)>(new CommandDefinition(
            $"SELECT id, method FROM payments WHERE {Sql.AnyOf(database.Kind, "id", "ids")}", new { ids = Sql.Ids(database.Kind, payments) }, cancellationToken: ct)))
            .ToDictionary(p => p.Id, p => p.Method);
        return new StatementPage([.. shown.Select(e => Line(e, methods))], entries.Count > atMost ? shown[^1].Version : null);
    }

    private static StatementLine Line(WalletEntry e, Dictionary<long, string> methods) => e.Key.Reason.IsOrderReason()
        ? new StatementLine(e.Version, e.Key.Reason, e.Key.Subject, null, null, e.Amount, e.Balance, e.CreatedAtMs)
        : new StatementLine(e.Version, e.Key.Reason, null, e.Key.Subject, methods.GetValueOrDefault(e.Key.Subject), e.Amount, e.Balance, e.CreatedAtMs);
}
