using System.Globalization;
using Tally.Testing;

namespace Tally.Tests.Fuzz;

/// <summary>How much is fuzzed: little in the tests of every change, as much as one asks for with <c>./dev fuzz</c>.</summary>
internal static class FuzzOptions
{
    private const int InEveryRun = 5_000;

    /// <summary>Requests to each store, and answers to the readers.</summary>
    public static int Requests { get; } = Number("TALLY_FUZZ_REQUESTS") is { } many ? checked((int)many) : InEveryRun;

    /// <summary>What the requests are made from: another one in each run, unless it is given.</summary>
    public static ulong Seed { get; } = Number("TALLY_FUZZ_SEED") ?? (ulong)Random.Shared.NextInt64(1, 1_000_000_000);

    /// <summary>After how long a run ends though it has not sent them all; long past any of the tests of every change.</summary>
    public static TimeSpan AtMost { get; } = TimeSpan.FromSeconds(Number("TALLY_FUZZ_SECONDS") ?? 24 * 3600);

    /// <summary>The one store that is fuzzed; null = both.</summary>
    public static StoreKind? Store { get; } = Environment.GetEnvironmentVariable("TALLY_FUZZ_STORE") is { Length: > 0 } name
        ? Enum.TryParse<StoreKind>(name, ignoreCase: true, out var kind) ? kind : throw new InvalidOperationException("TALLY_FUZZ_STORE: sqlite or postgres")
        : null;

    private static ulong? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new InvalidOperationException($"{variable}: a whole number above 0")
        : null;
}
