namespace Tally.Ledger;

/// <summary>Stand-in until the ledger lands.</summary>
public readonly record struct Money(long Units)
{
    public const long UnitsPerOne = 100_000;

    public static Money Zero => default;

    public static Money Charge(Money rate, long quantity, int per) => new((long)((((Int128)rate.Units * quantity) + per - 1) / per));

    public override string ToString() => (Units / (decimal)UnitsPerOne).ToString("0.#####", System.Globalization.CultureInfo.InvariantCulture);
}
