using System.Globalization;

namespace Tally.Providers;

/// <summary>What is to be different about a provider, as the operator writes it; null = as it is.</summary>
public sealed record ProviderChange
{
    private const NumberStyles Decimal = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;

    public string? Url { get; init; }

    public string? Key { get; init; }

    public bool? References { get; init; }

    public bool? AllowPrivate { get; init; }

    /// <summary>Seconds, 1 … the total time-out.</summary>
    public int? ConnectTimeoutS { get; init; }

    /// <summary>Seconds, 1 … 40.</summary>
    public int? TimeoutS { get; init; }

    /// <summary>1 … 1,000.</summary>
    public int? Concurrency { get; init; }

    /// <summary>0 … 1,000; 0 = no limit.</summary>
    public int? CallsPerSecond { get; init; }

    /// <summary>All of them, as <c>name=value</c>; an empty list is none.</summary>
    public IReadOnlyCollection<string>? Extra { get; init; }

    /// <summary>Three capital letters, or <c>panel</c>.</summary>
    public string? Currency { get; init; }

    /// <summary>A decimal above 0, at most 10^12.</summary>
    public string? ExchangeRate { get; init; }

    /// <summary>A decimal from 0 on, or <c>none</c>.</summary>
    public string? LowBalance { get; init; }

    /// <summary>The provider with the change made.</summary>
    /// <exception cref="InvalidInputException">A value is outside its range.</exception>
    public Provider Of(Provider before)
    {
        var after = before with
        {
            Url = Url is null ? before.Url : Address(Url),
            Key = Key is null ? before.Key : Word(Key),
            SupportsReferences = References ?? before.SupportsReferences,
            AllowPrivate = AllowPrivate ?? before.AllowPrivate,
            ConnectTimeout = Seconds("The connect time-out", ConnectTimeoutS) ?? before.ConnectTimeout,
            Timeout = Seconds("The total time-out", TimeoutS) ?? before.Timeout,
            Concurrency = Number("The concurrency", Concurrency, 1) ?? before.Concurrency,
            CallsPerSecond = Number("The calls a second", CallsPerSecond, 0) ?? before.CallsPerSecond,
            Extra = Extra is null ? before.Extra : ExtraParameters.Parse(Extra),
            Currency = Currency switch { null => before.Currency, "panel" => null, _ => Iso(Currency) },
            ExchangeRate = ExchangeRate is null ? before.ExchangeRate : Rate(ExchangeRate),
            LowBalance = LowBalance switch { null => before.LowBalance, "none" => null, _ => Limit(LowBalance) },
        };
        if (after.Timeout < after.ConnectTimeout && ConnectTimeoutS is null)
        {
            // Connecting is a part of the whole, so who shortens the whole shortens it too.
            after = after with { ConnectTimeout = after.Timeout };
        }

        return after.ConnectTimeout <= after.Timeout ? after : throw new InvalidInputException("The connect time-out must not be longer than the total time-out.");
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => nameof(ProviderChange);

    private static Uri Address(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        ? uri : throw new InvalidInputException($"'{url}' is no http(s) address. A provider's address looks like https://panel.example/api/v2.");

    private static string Word(string key) => string.IsNullOrWhiteSpace(key) ? throw new InvalidInputException("A provider needs a name and a key.") : key.Trim();

    private static TimeSpan? Seconds(string what, int? seconds) =>
        seconds is null or (>= 1 and <= 40) ? seconds is { } s ? TimeSpan.FromSeconds(s) : null : throw new InvalidInputException($"{what}: whole seconds, 1 to 40.");

    private static int? Number(string what, int? number, int least) =>
        number is null || (number >= least && number <= 1_000) ? number : throw new InvalidInputException($"{what}: a whole number, {least} to 1000.");

    private static string Iso(string currency) => currency.Length == 3 && currency.All(char.IsAsciiLetterUpper)
        ? currency : throw new InvalidInputException("The currency: three capital letters, such as USD, or panel for the panel's own.");

    private static decimal Rate(string text) => decimal.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= 1_000_000_000_000m
        ? rate : throw new InvalidInputException("The exchange rate: what one of the provider's currency is worth in the panel's, a decimal above 0, such as 25400 or 0.00004.");

    private static decimal Limit(string text) => decimal.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var limit) && limit >= 0
        ? limit : throw new InvalidInputException("The low balance: a decimal from 0 on, in the provider's currency, or none.");
}
