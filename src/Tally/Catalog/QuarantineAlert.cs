using Dapper;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>Tells the operator while something of a provider's catalogue waits: held changes, or an answer that was not believed.</summary>
public sealed class QuarantineAlert(Alerts alerts)
{
    /// <summary>Raises the alert with what waits now, or ends it, in the caller's transaction.</summary>
    public async Task TellAsync(WriteTransaction tx, Provider provider, CancellationToken ct)
    {
        var waiting = await CatalogSql.WaitingAsync(tx, provider.Id, ct);
        var refused = await tx.Connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT refused FROM catalogues WHERE provider_id = @Id", new { provider.Id }, tx.Transaction, cancellationToken: ct));
        var subject = "provider " + provider.Name;
        if (Words(provider.Name, waiting, refused) is { } text)
        {
            await alerts.RaiseAsync(tx, AlertKind.Quarantine, subject, text, ct);
        }
        else
        {
            await alerts.ClearAsync(tx, AlertKind.Quarantine, subject, ct);
        }
    }

    /// <summary>What waits, in words; null when nothing does.</summary>
    internal static string? Words(string provider, long waiting, string? refused)
    {
        string?[] words =
        [
            waiting == 0 ? null : $"{waiting} {(waiting == 1 ? "change" : "changes")} of the catalogue {(waiting == 1 ? "waits" : "wait")} for a yes or a no: tally services quarantine list",
            refused is null ? null : $"{refused}; to believe it: tally services sync --provider {provider} --force",
        ];
        return Array.TrueForAll(words, w => w is null) ? null : string.Join("; ", words.OfType<string>());
    }
}
