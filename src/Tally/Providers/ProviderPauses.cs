using Dapper;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>Pauses in the store, with the alerts that go with them. In the caller's transaction, and after its <see cref="Changes.BumpAsync"/> of the providers.</summary>
public static class ProviderPauses
{
    /// <summary>The pause that a provider's refusal asks for; null when it is about the order alone.</summary>
    public static PauseKind? KindOf(ApiError error) => error.LikelyCode switch
    {
        ApiErrorCodes.NotEnoughFunds => PauseKind.Funds,
        ApiErrorCodes.InvalidKey or ApiErrorCodes.IpNotAllowed => PauseKind.Access,
        null when Says(error.Text, "account") && (Says(error.Text, "suspended") || Says(error.Text, "banned") || Says(error.Text, "blocked") || Says(error.Text, "disabled")) => PauseKind.Access,
        _ => null,
    };

    /// <summary>Pauses a provider that works; false when it is paused already, for whatever reason: the first one stays.</summary>
    internal static async Task<bool> BeginAsync(WriteTransaction tx, Alerts alerts, Provider provider, PauseKind kind, string words, long version, long now, CancellationToken ct)
    {
        var begun = await tx.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE providers SET paused = 1, pause_reason = @words, pause_kind = @kind, version = @version WHERE id = @id AND paused = 0",
            new { id = provider.Id, words, kind = kind.ToString(), version }, tx.Transaction, cancellationToken: ct)) > 0;
        if (!begun)
        {
            return false;
        }

        if (AlertOf(kind) is { } alert)
        {
            await alerts.RaiseAsync(tx, alert, provider.AlertSubject, words, ct);
        }

        if (kind == PauseKind.Funds)
        {
            // Asked at once: what the balance is now, it must rise above.
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO provider_balances (provider_id, due_at) VALUES (@id, @now)
                ON CONFLICT (provider_id) DO UPDATE SET due_at = @now, amount_when_paused = NULL
                """,
                new { id = provider.Id, now }, tx.Transaction, cancellationToken: ct));
        }

        return true;
    }

    /// <summary>Pauses by the operator's word, also one that is paused for another reason.</summary>
    internal static Task BeginByOperatorAsync(WriteTransaction tx, long id, string words, long version, CancellationToken ct) => tx.Connection.ExecuteAsync(new CommandDefinition(
        "UPDATE providers SET paused = 1, pause_reason = @words, pause_kind = @kind, version = @version WHERE id = @id",
        new { id, words, kind = nameof(PauseKind.Operator), version }, tx.Transaction, cancellationToken: ct));

    /// <summary>Ends a pause of any kind and the alerts about it.</summary>
    internal static async Task EndAsync(WriteTransaction tx, Alerts alerts, Provider provider, long version, CancellationToken ct)
    {
        await tx.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE providers SET paused = 0, pause_reason = NULL, pause_kind = NULL, version = @version WHERE id = @id",
            new { id = provider.Id, version }, tx.Transaction, cancellationToken: ct));
        await alerts.ClearAsync(tx, AlertKind.ProviderFunds, provider.AlertSubject, ct);
        await alerts.ClearAsync(tx, AlertKind.ProviderAccess, provider.AlertSubject, ct);
    }

    private static AlertKind? AlertOf(PauseKind kind) => kind switch
    {
        PauseKind.Funds => AlertKind.ProviderFunds,
        PauseKind.Access or PauseKind.KeyUnreadable => AlertKind.ProviderAccess,
        _ => null,
    };

    private static bool Says(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}
