using System.Globalization;

namespace Tally.Accounts.Identity;

/// <summary>
/// The authenticator's codes that an account has shown, for as long as they would be right once more: a code works once (RFC 6238, section 5.2). Kept as text, a line each: when, in seconds, and the
/// code.
/// </summary>
internal static class UsedCodes
{
    /// <summary>Identity takes a code for two steps of 30 s before and two after its own, which makes 150 s; this is twice as long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>The codes with one more, and without those that are too old to be right; null when the code is among them already.</summary>
    /// <param name="used">The codes so far.</param>
    public static string? With(string used, string code, DateTimeOffset now)
    {
        // Identity reads a number: 012345 and 12345 are one code.
        var (seconds, number) = (now.ToUnixTimeSeconds(), code.TrimStart('0').PadLeft(6, '0'));
        var left = used.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => seconds - Time(line) < (long)Kept.TotalSeconds).ToList();
        return left.Any(line => line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).SequenceEqual(number))
            ? null
            : string.Join('\n', left.Append(string.Create(CultureInfo.InvariantCulture, $"{seconds}:{number}")));
    }

    private static long Time(string line) => long.Parse(line.AsSpan(0, line.IndexOf(':', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
}
