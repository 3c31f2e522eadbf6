using System.Globalization;
using Tally.Providers;

namespace Tally.Commands;

/// <summary>A provider in words and as JSON; never its key, and of its extra parameters only the names.</summary>
internal static class ProviderText
{
    /// <param name="listed">How it does, where that was asked.</param>
    public static object Json(Provider p, ListedProvider? listed = null) => new
    {
        p.Id,
        p.Name,
        url = p.Url,
        references = p.SupportsReferences,
        p.AllowPrivate,
        p.Paused,
        p.PauseKind,
        p.PauseReason,
        p.Concurrency,
        p.CallsPerSecond,
        connectTimeoutS = (int)p.ConnectTimeout.TotalSeconds,
        timeoutS = (int)p.Timeout.TotalSeconds,
        extra = p.Extra.Pairs.Select(e => e.Key),
        p.Currency,
        exchangeRate = Text(p.ExchangeRate),
        lowBalance = Text(p.LowBalance),
        listed?.Health,
        balance = listed?.Balance is not { } b ? null : new { amount = Text(b.Amount), b.Currency, b.AskedAt, b.Problem },
        listed?.Warning,
    };

    /// <summary>A line for the provider, and one for each thing that is wrong with it.</summary>
    public static IEnumerable<string> Lines(ListedProvider listed, DateTimeOffset now)
    {
        var (p, health, balance, warning) = listed;
        yield return $"{p.Id,4}  {p.Name,-20} {p.Url}  {State(p)}  {Health(health)}  {Balance(p, balance)}  {Limits(p)}";
        if (health is { LastFailure: { } words, LastFailureAt: { } at })
        {
            yield return $"      last failure {Ago(at, now)}: {words}";
        }

        if (balance?.Problem is { } problem)
        {
            yield return "      no balance: " + problem;
        }

        if (warning is not null)
        {
            yield return "      warning: " + warning;
        }
    }

    public static string State(Provider p) => p.Paused ? "paused: " + p.PauseReason : "active";

    private static string Health(HealthFigure? health) => health is not { Score: { } score }
        ? "health -"
        : string.Create(CultureInfo.InvariantCulture, $"health {score} ({health.Calls} calls, {health.MeanMs} ms)");

    private static string Balance(Provider p, ProviderBalance? balance)
    {
        var limit = p.LowBalance is { } low ? $" (limit {Text(low)})" : "";
        return balance?.Amount is { } amount ? $"balance {Text(amount)} {balance.Currency ?? p.Currency}".TrimEnd() + limit : "balance -" + limit;
    }

    private static string Limits(Provider p) => string.Create(
        CultureInfo.InvariantCulture,
        $"{p.Concurrency} at once{(p.CallsPerSecond > 0 ? $", {p.CallsPerSecond}/s" : "")}, {p.ConnectTimeout.TotalSeconds}/{p.Timeout.TotalSeconds} s{(p.Currency is null ? "" : $", {p.Currency} at {Text(p.ExchangeRate)}")}");

    private static string Ago(long at, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (now.ToUnixTimeMilliseconds() - at) / 60_000)} min ago");

    private static string? Text(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);
}
