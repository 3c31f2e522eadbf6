using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;
using Tally.Settings;

namespace Tally.Accounts;

/// <summary>Which passwords may be chosen: 8 to 128 characters, not one that everybody tries first, nor the panel's or the account's name. Nothing about kinds of characters (NIST SP 800-63B 3.1.1.2).</summary>
public sealed class Passwords(IPasswordHasher<AccountIdentity> hasher, SettingsSnapshot settings)
{
    public const int Shortest = 8, Longest = 128;

    /// <summary>Rounds of PBKDF2 with HMAC-SHA-512 (OWASP Password Storage Cheat Sheet). A hash of fewer is made anew when its password is next given.</summary>
    public const int Rounds = 210_000;

    /// <summary>What customers here try first, beside the lists of elsewhere.</summary>
    private static readonly string[] Local =
    [
        "matkhau1", "matkhau123", "matkhaumoi", "vietnam1", "vietnam123", "khongbiet", "hoilamgi", "maiyeuem", "0123456789", "0987654321", "12341234", "administrator", "87654321",
        "123123123", "abcdefgh",
    ];

    /// <summary>What is wrong with a password, as a code; null when nothing is.</summary>
    public string? Problem(string password, string email) =>
        password.Length < Shortest ? "password_short"
        : password.Length > Longest ? "password_long"
        : IsObvious(password) || password.Distinct().Count() < 3 || password.Equals(email, StringComparison.OrdinalIgnoreCase)
            || password.Equals(email.Split('@')[0], StringComparison.OrdinalIgnoreCase) ? "password_obvious"
        : null;

    // The list is looked through anew each time: that is nothing beside the hash, and nothing stays in memory.
    private bool IsObvious(string password)
    {
        var name = string.Concat(settings.Current.Name.Where(c => !char.IsWhiteSpace(c)));
        return Local.Concat(Common()).Contains(password, StringComparer.OrdinalIgnoreCase) || password.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '!').Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Common()
    {
        using var list = new StreamReader(typeof(Passwords).Assembly.GetManifestResourceStream("common-passwords.txt") ?? throw new InvalidOperationException("common-passwords.txt is not in the program."));
        while (list.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line;
            }
        }
    }

    /// <summary>What is stored of a password.</summary>
    public string Hash(AccountIdentity user, string password) => hasher.HashPassword(user, password);

    /// <summary>A security stamp that no link in any mail has.</summary>
    public static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>A password for somebody who does not choose one: 80 bits, easy to type.</summary>
    public static string Random() => string.Join('-', RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 16).Chunk(4).Select(c => new string(c)));
}
