namespace Tally.Demo;

/// <summary>What a roll decides; each purpose has its own sequence, so that adding one never shifts the others.</summary>
internal enum DiceUse
{
    PendingTime = 1,
    DeliveryTime = 2,
    StartCount = 3,
    PostQuantity = 4,
    RefillTime = 5,
    Fault = 6,
}

/// <summary>
/// Chance without state: the same seed, number and purpose always roll the same, whatever was rolled before and on
/// whichever thread. That is what makes a run of the simulated provider repeatable under concurrency.
/// </summary>
internal static class Dice
{
    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public static long Between(long min, long max, int seed, long number, DiceUse use)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return min + (long)(Roll(seed, number, use) % (ulong)(max - min + 1));
    }

    /// <summary>True with the given probability, 0 (never) to 1 (always).</summary>
    public static bool Happens(double probability, int seed, long number, DiceUse use) =>
        (Roll(seed, number, use) >> 11) * (1.0 / (1UL << 53)) < probability;

    private static ulong Roll(int seed, long number, DiceUse use)
    {
        unchecked
        {
            return Mix(Mix(Mix((uint)seed) ^ (ulong)number) ^ (ulong)use);
        }
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014), after one step of its golden-ratio counter.
    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
