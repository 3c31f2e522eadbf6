using System.Globalization;
using Dapper;
using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>What a provider said of our money there.</summary>
/// <param name="Amount">The newest amount, in <paramref name="Currency"/>; null when it has never said one.</param>
/// <param name="Currency">As the provider names it; null on panels that do not say.</param>
/// <param name="AskedAt">When it was asked last (unix ms); null = not yet.</param>
/// <param name="Problem">Why the last question brought no amount; null when it did.</param>
public sealed record ProviderBalance(long ProviderId, decimal? Amount, string? Currency, long? AskedAt, string? Problem);

/// <summary>Our balances at providers, in the store: who asks next, what was said, and what follows from it.</summary>
public sealed class ProviderBalances(Database database, ProviderKeys keys, Alerts alerts, TimeProvider time)
{
    /// <summary>What follows from an amount.</summary>
    /// <param name="Resume">The provider, paused because our money there was used up, may go on.</param>
    /// <param name="WhenPaused">The amount that it must rise above for that; null when it is not paused so.</param>
    /// <param name="Low">Whether it is below the operator's limit.</param>
    internal sealed record Verdict(bool Resume, decimal? WhenPaused, bool Low);

    /// <summary>Pure: the first amount after the pause is what the balance was when it was paused; the first above that ends the pause.</summary>
    internal static Verdict Judge(Provider provider, decimal? whenPaused, decimal amount)
    {
        var forFunds = provider.PauseKind == PauseKind.Funds;
        return new Verdict(forFunds && amount > whenPaused, forFunds ? whenPaused ?? amount : null, provider.LowBalance is { } limit && amount < limit);
    }

    /// <summary>All that is known, by provider.</summary>
    public async Task<IReadOnlyDictionary<long, ProviderBalance>> ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition("SELECT provider_id, amount, currency, asked_at, problem FROM provider_balances", cancellationToken: ct));
        return rows.ToDictionary(r => r.ProviderId, r => new ProviderBalance(r.ProviderId, Number(r.Amount), r.Currency, r.AskedAt, r.Problem));
    }

    /// <summary>The providers that are due to be asked.</summary>
    internal async Task<IReadOnlySet<long>> DueAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            "SELECT p.id FROM providers p LEFT JOIN provider_balances b ON b.provider_id = p.id WHERE b.due_at IS NULL OR b.due_at <= @now",
            new { now = time.GetUtcNow().ToUnixTimeMilliseconds() }, cancellationToken: ct))).ToHashSet();
    }

    /// <summary>Takes the asking of a provider; null when another node has. Returns when it is due next, by which the writing of the answer knows that nothing came in between.</summary>
    internal async Task<long?> ClaimAsync(long provider, TimeSpan interval, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var next = now + (long)interval.TotalMilliseconds;
        var claimed = await database.WriteAsync(
            tx => tx.Connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO provider_balances (provider_id, due_at) VALUES (@provider, @next) ON CONFLICT (provider_id) DO UPDATE SET due_at = @next WHERE provider_balances.due_at <= @now",
                new { provider, next, now }, tx.Transaction, cancellationToken: ct)),
            ct);
        return claimed > 0 ? next : null;
    }

    /// <summary>Writes the amount that a provider said, and what follows. True when it goes on after a pause.</summary>
    internal Task<bool> WriteAsync(long id, long claim, Balance balance, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var version = await Changes.BumpAsync(tx, ProviderBook.TopicName);
            var provider = await ProviderRow.ReadAsync(tx, id, keys);
            var row = await tx.Connection.QuerySingleAsync<Row>("SELECT provider_id, due_at, amount_when_paused FROM provider_balances WHERE provider_id = @id", new { id }, tx.Transaction);
            var verdict = Judge(provider, Number(row.AmountWhenPaused), balance.Amount);

            // It was paused while it was being asked: the amount may be from before.
            var current = row.DueAt == claim;
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                "UPDATE provider_balances SET amount = @amount, currency = @currency, asked_at = @now, problem = NULL, amount_when_paused = @paused WHERE provider_id = @id",
                new
                {
                    id,
                    amount = Text(balance.Amount),
                    currency = balance.Currency,
                    now = time.GetUtcNow().ToUnixTimeMilliseconds(),
                    paused = !current ? row.AmountWhenPaused : verdict.Resume ? null : Text(verdict.WhenPaused),
                },
                tx.Transaction, cancellationToken: ct));
            await TellAsync(tx, provider, verdict.Low, balance, ct);
            if (current && verdict.Resume)
            {
                await ProviderPauses.EndAsync(tx, alerts, provider, version, ct);
            }

            return current && verdict.Resume;
        },
        ct);

    /// <summary>Writes why a provider said no amount.</summary>
    internal Task WriteAsync(long id, string problem, CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE provider_balances SET asked_at = @now, problem = @problem WHERE provider_id = @id",
            new { id, problem, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct)),
        ct);

    private async Task TellAsync(WriteTransaction tx, Provider provider, bool low, Balance balance, CancellationToken ct)
    {
        if (low)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"The balance there is {balance.Amount} {balance.Currency ?? provider.Currency}, below {provider.LowBalance}. Top it up.");
            await alerts.RaiseAsync(tx, AlertKind.ProviderBalance, provider.AlertSubject, words, ct);
        }
        else
        {
            await alerts.ClearAsync(tx, AlertKind.ProviderBalance, provider.AlertSubject, ct);
        }
    }

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);

    private sealed class Row
    {
        public long ProviderId { get; set; }

        public long DueAt { get; set; }

        public string? Amount { get; set; }

        public string? Currency { get; set; }

        public long? AskedAt { get; set; }

        public string? Problem { get; set; }

        public string? AmountWhenPaused { get; set; }
    }
}
