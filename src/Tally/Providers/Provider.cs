using System.Numerics;
using Tally.Ledger;

namespace Tally.Providers;

/// <summary>Another panel that delivers orders and speaks the same API v2.</summary>
/// <param name="Url">Its API's address.</param>
/// <param name="Key">Our key there; never logged. Empty when what is stored cannot be decrypted: then nothing can be asked of it.</param>
/// <param name="SupportsReferences">Whether it knows <c>order_reference</c>: then an order may safely be sent to it again.</param>
/// <param name="AllowPrivate">Whether its address may be a private one.</param>
/// <param name="PauseReason">Why it is paused; null while it works.</param>
/// <param name="Concurrency">How many calls may be under way at once, 1 … 1,000.</param>
public sealed record Provider(
    long Id, string Name, Uri Url, string Key, bool SupportsReferences, bool AllowPrivate, string? PauseReason, int Concurrency)
{
    /// <summary>What kind of pause it is; null while it works.</summary>
    public PauseKind? PauseKind { get; init; }

    /// <summary>The time for name look-up, connection and TLS together, 1 s … <see cref="Timeout"/>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time for a whole call, 1 … 40 s: less than the lease of an order that is being sent.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many calls may begin within any second on one node, 1 … 1,000; 0 = no limit.</summary>
    public int CallsPerSecond { get; init; }

    /// <summary>Parameters that go with every call besides those of the contract.</summary>
    public ExtraParameters Extra { get; init; } = ExtraParameters.None;

    /// <summary>The currency of its amounts, ISO 4217; null = the panel's.</summary>
    public string? Currency { get; init; }

    /// <summary>What one of its currency is worth in the panel's, above 0.</summary>
    public decimal ExchangeRate { get; init; } = 1;

    /// <summary>Below this balance there, in its currency, an alert is raised; null = never.</summary>
    public decimal? LowBalance { get; init; }

    /// <summary>Whether nothing is to be sent to it now. Reading goes on.</summary>
    public bool Paused => PauseReason is not null;

    /// <summary>What alerts about it are filed under.</summary>
    public string AlertSubject => "provider " + Name;

    /// <summary>An amount of its currency in the panel's, exactly, then rounded up to 10^-5; null when it is negative or does not fit.</summary>
    public Money? ToPanel(decimal amount)
    {
        if (amount < 0)
        {
            return null;
        }

        // A decimal keeps 28 digits, and the product of two may have more: whole numbers and a power of ten do not round on the way.
        var scale = BigInteger.Pow(10, amount.Scale + ExchangeRate.Scale);
        var units = BigInteger.DivRem(Digits(amount) * Digits(ExchangeRate) * Money.UnitsPerOne, scale, out var rest);
        units += rest.IsZero ? 0 : 1;
        return units > long.MaxValue ? null : new Money((long)units);
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"provider {Id} {Name}";

    private static BigInteger Digits(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        return (BigInteger)new decimal(bits[0], bits[1], bits[2], isNegative: false, scale: 0);
    }
}

/// <summary>Why nothing is sent to a provider. The names are stored; never rename one.</summary>
public enum PauseKind
{
    /// <summary>The operator wants it so.</summary>
    Operator,

    /// <summary>Our money there is used up. It ends by itself when the balance there has risen.</summary>
    Funds,

    /// <summary>The provider refuses our key or our address, or has suspended the account.</summary>
    Access,

    /// <summary>The key that is stored cannot be decrypted. It ends when the key is set again.</summary>
    KeyUnreadable,
}
