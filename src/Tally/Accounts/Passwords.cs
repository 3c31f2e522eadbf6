using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>Which passwords may be chosen: 8 to 128 characters, not one that everybody tries first. Nothing about kinds of characters (NIST SP 800-63B 3.1.1.2).</summary>
public sealed class Passwords(IPasswordHasher<AccountIdentity> hasher)
{
    public const int Shortest = 8, Longest = 128;

    /// <summary>Rounds of PBKDF2 with HMAC-SHA-512 (OWASP Password Storage Cheat Sheet). A hash of fewer is made anew when its password is next given.</summary>
    public const int Rounds = 210_000;

    private static readonly HashSet<string> Obvious = new(StringComparer.OrdinalIgnoreCase)
    {
        "password", "password1", "password12", "password123", "passw0rd", "p@ssw0rd", "12345678", "123456789", "1234567890", "0123456789", "0987654321", "87654321", "11111111", "00000000",
        "88888888", "66666666", "99999999", "12341234", "12344321", "11223344", "123123123", "123321123", "147258369", "159753456", "abcd1234", "abc12345", "abcdefgh", "1q2w3e4r", "1qaz2wsx",
        "qwertyui", "qwertyuiop", "qwerty123", "qwerty12", "asdfghjk", "asdfghjkl", "zxcvbnm1", "iloveyou", "iloveyou1", "sunshine", "princess", "football", "baseball", "superman", "trustno1",
        "welcome1", "admin123", "administrator", "letmein1", "matkhau1", "matkhau123", "anhyeuem", "emyeuanh", "vietnam1", "vietnam123", "khongbiet", "hoilamgi", "maiyeuem", "matkhaumoi",
    };

    /// <summary>What is wrong with a password, as a code; null when nothing is.</summary>
    public string? Problem(string password, string email) =>
        password.Length < Shortest ? "password_short"
        : password.Length > Longest ? "password_long"
        : Obvious.Contains(password) || password.Distinct().Count() < 3 || password.Equals(email, StringComparison.OrdinalIgnoreCase)
            || password.Equals(email.Split('@')[0], StringComparison.OrdinalIgnoreCase) ? "password_obvious"
        : null;

    /// <summary>What is stored of a password.</summary>
    public string Hash(AccountIdentity user, string password) => hasher.HashPassword(user, password);

    /// <summary>A security stamp that no link in any mail has.</summary>
    public static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>A password for somebody who does not choose one: 80 bits, easy to type.</summary>
    public static string Random() => string.Join('-', RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 16).Chunk(4).Select(c => new string(c)));
}
