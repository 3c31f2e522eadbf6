using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tally.Accounts.Identity;

/// <summary>Recovery codes are random and of one use, so a plain hash, salted with the account's number, keeps them.</summary>
internal static class RecoveryCode
{
    /// <summary>The hash of a code however it was typed: case, spaces and dashes do not count.</summary>
    public static string Hash(long accountId, string code)
    {
        var plain = string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{accountId}:{plain}"))));
    }
}
