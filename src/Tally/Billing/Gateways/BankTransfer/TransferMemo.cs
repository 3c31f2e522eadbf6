using System.Globalization;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>
/// The words of a transfer that name the account to be credited: the operator's prefix, the account's id, and two check digits (ISO 7064, MOD 97-10), such as <c>NAP1262</c>. A digit
/// mistyped, two digits swapped, and an amount written behind the prefix all fail the check: such a transfer waits for the operator and credits nobody.
/// </summary>
/// <remarks>Banks write the text in capitals or not, strip signs, and put words before and after it; a space may come between the prefix and the digits.</remarks>
internal static class TransferMemo
{
    private const int MostDigits = 12; // 2^31−1 and two check digits

    public static string Write(string prefix, long account) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{account}{Check(account):00}");

    /// <summary>The accounts that are named in texts of a transfer; each once. More than one is no answer.</summary>
    public static IReadOnlyCollection<long> Find(string prefix, params ReadOnlySpan<string?> texts)
    {
        var found = new SortedSet<long>();
        foreach (var text in texts)
        {
            for (var at = 0; text is not null && (at = text.IndexOf(prefix, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            {
                if (Read(text.AsSpan(at + prefix.Length)) is { } account)
                {
                    found.Add(account);
                }
            }
        }

        return found;
    }

    // The whole run of digits behind the prefix, or nothing: a part of it would be a guess.
    private static long? Read(ReadOnlySpan<char> rest)
    {
        var start = rest.IndexOfAnyExcept(" .-_:");
        if (start is < 0 or > 3)
        {
            return null;
        }

        rest = rest[start..];
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? rest : rest[..end];
        if (digits.Length is < 3 or > MostDigits || digits[0] == '0')
        {
            return null;
        }

        var (account, check) = Math.DivRem(long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), 100);
        return check == Check(account) && account <= int.MaxValue ? account : null;
    }

    // 02 … 98: what ends in 00, as amounts do, never passes.
    private static long Check(long account) => 98 - (account * 100 % 97);
}
