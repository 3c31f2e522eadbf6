using System.Globalization;
using System.Text;

namespace Tally.Ledger;

/// <summary>
/// An amount in units of 10^-5 of the panel's currency (spec lifecycle.md §2). The range is that of <see cref="long"/>: ±92,233,720,368,547.75808.
/// Arithmetic is checked: what does not fit is an <see cref="OverflowException"/>, never a wrap.
/// </summary>
public readonly record struct Money(long Units) : IComparable<Money>
{
    /// <summary>Units in one of the panel's currency: five decimals, the precision of the wire (spec api-v2.md §2).</summary>
    public const long UnitsPerOne = 100_000;

    /// <summary>Length in bytes and characters of the longest wire form, "-92233720368547.75808".</summary>
    public const int MaxLength = 21;

    private const int Decimals = 5;

    public static Money Zero => default;

    /// <summary>Price of <paramref name="quantity"/> pieces, rounded up to a whole unit, so that it is 0 only when the rate is 0.</summary>
    /// <param name="rate">Price of <paramref name="per"/> pieces, 0 or more.</param>
    /// <param name="quantity">Pieces, 1 or more.</param>
    /// <param name="per">What the service's type counts by: 1000 or 1 (spec api-v2.md §4).</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="OverflowException">The price does not fit.</exception>
    public static Money Charge(Money rate, long quantity, int per)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate.Units, nameof(rate));
        ArgumentOutOfRangeException.ThrowIfLessThan(quantity, 1);
        if (per is not (1 or 1000))
            throw new ArgumentOutOfRangeException(nameof(per), per, "A rate is per 1 or per 1000.");

        // Int128: the product of two positive longs always fits, only the result may not.
        return new Money((long)((((Int128)rate.Units * quantity) + (per - 1)) / per));
    }

    /// <summary>This × <paramref name="part"/> / <paramref name="whole"/>, rounded down (towards negative infinity): the refund of a partial order, one run's share.</summary>
    /// <param name="part">0 … <paramref name="whole"/>: more than the whole would pay back more than was paid.</param>
    /// <param name="whole">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public Money Share(long part, long whole)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(whole, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, whole);
        var (quotient, remainder) = Int128.DivRem((Int128)Units * part, whole);
        return new Money((long)(remainder < 0 ? quotient - 1 : quotient));
    }

    /// <exception cref="FormatException">The text is not a decimal of at most 5 places, or does not fit.</exception>
    public static Money Parse(string text) =>
        TryParse(text, out var money) ? money : throw new FormatException($"'{text}' is not an amount: digits, at most five decimals after a point.");

    /// <summary>Reads ASCII digits with an optional leading '-' and an optional '.' with 1 to 5 digits after it. Anything else, and what does not fit, is false.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Money money)
    {
        money = default;
        var negative = text.StartsWith('-');
        var digits = negative ? text[1..] : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.IsEmpty || fraction.Length > Decimals || (point >= 0 && fraction.IsEmpty))
            return false;

        Int128 units = 0;
        for (var i = 0; i < whole.Length + Decimals; i++)
        {
            var digit = i < whole.Length ? whole[i] : i - whole.Length < fraction.Length ? fraction[i - whole.Length] : '0';
            if (!char.IsAsciiDigit(digit))
                return false;
            units = (units * 10) + (digit - '0');
            if (units > (Int128)long.MaxValue + 1)
                return false;
        }

        if (negative)
            units = -units;
        if (units > long.MaxValue)
            return false;
        money = new Money((long)units);
        return true;
    }

    /// <summary>The wire form (spec api-v2.md §2): '.' as the point, no exponent, no trailing zeros: "0.27819", "15000", "0".</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[WriteBackwards(text)..]);
    }

    /// <summary>Writes the wire form as UTF-8 without allocating; false when <paramref name="utf8"/> is too short (<see cref="MaxLength"/> always suffices).</summary>
    public bool TryFormat(Span<byte> utf8, out int written)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        var start = WriteBackwards(text);
        written = text[start..].TryCopyTo(utf8) ? MaxLength - start : 0;
        return written > 0;
    }

    public int CompareTo(Money other) => Units.CompareTo(other.Units);

    public static Money operator +(Money left, Money right) => new(left.Units + right.Units);

    public static Money operator -(Money left, Money right) => new(left.Units - right.Units);

    public static Money operator -(Money money) => new(-money.Units);

    public static bool operator <(Money left, Money right) => left.Units < right.Units;

    public static bool operator >(Money left, Money right) => left.Units > right.Units;

    public static bool operator <=(Money left, Money right) => left.Units <= right.Units;

    public static bool operator >=(Money left, Money right) => left.Units >= right.Units;

    /// <summary>A sum in units wider than an amount: in full when it fits, with a mark when it does not (for the words of a fault).</summary>
    internal static string Describe(Int128 units) =>
        units >= long.MinValue && units <= long.MaxValue
            ? new Money((long)units).ToString()
            : string.Create(CultureInfo.InvariantCulture, $"{units} units (does not fit 64 bits)");

    /// <summary>Fills <paramref name="text"/> from its end and answers where the text starts.</summary>
    private int WriteBackwards(Span<byte> text)
    {
        var magnitude = (UInt128)Int128.Abs(Units);
        var (whole, fraction) = ((ulong)(magnitude / UnitsPerOne), (uint)(magnitude % UnitsPerOne));
        var at = text.Length;
        if (fraction != 0)
        {
            for (var place = 0; place < Decimals; place++, fraction /= 10)
            {
                if (fraction % 10 != 0 || at < text.Length)
                    text[--at] = (byte)('0' + (fraction % 10));
            }

            text[--at] = (byte)'.';
        }

        do
        {
            text[--at] = (byte)('0' + (whole % 10));
            whole /= 10;
        }
        while (whole != 0);

        if (Units < 0)
            text[--at] = (byte)'-';
        return at;
    }
}
