using System.Globalization;

namespace Tally.Torture;

/// <summary>
/// A node's clock, which can be set while it runs: libfaketime (Debian's package <c>faketime</c>) stands before the system's clock in the node's process and reads from a file how
/// wrong it is. Time that only goes forward (the monotonic clock) is left alone, as it is when an administrator sets a machine's clock.
/// </summary>
internal sealed class NodeClock(string file)
{
    private static readonly string[] Places =
        ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1"];

    /// <summary>Where libfaketime is; null when it is not on this machine.</summary>
    public static string? Library { get; } = Array.Find(Places, File.Exists);

    /// <summary>What the node's process must be started with.</summary>
    public IReadOnlyDictionary<string, string> Environment => Library is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = Library,
            ["FAKETIME_TIMESTAMP_FILE"] = file,
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",

            // Else waits that have an end come back at once, and an idle node takes a whole core.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
            ["FAKETIME_CACHE_DURATION"] = "1",
        };

    /// <summary>Sets how wrong the clock is; the node sees it within a second.</summary>
    public void Set(TimeSpan off)
    {
        // In one step: the node may read at any moment.
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{(long)off.TotalSeconds:+0;-0;+0}\n"));
        File.Move(file + ".new", file, overwrite: true);
    }
}
