using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Tally.Tests.Accounts.Pages;

/// <summary>An authenticator app (RFC 6238: SHA-1, 30 s, six digits).</summary>
internal static class Totp
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The code of a key, as the page writes it, so many steps of 30 s from now.</summary>
    public static string Code(string key, int steps = 0)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30) + steps);
#pragma warning disable CA5350 // What RFC 6238 and every app uses.
        var hash = HMACSHA1.HashData(Bytes(key), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string key)
    {
        var bits = string.Concat(key.Where(char.IsLetterOrDigit).Select(c => Convert.ToString(Base32.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
