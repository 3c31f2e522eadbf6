using System.Globalization;

namespace Tally.Contract.Reading;

/// <summary>Numbers as panels write them: with a point or a comma, with thousands marks, with an exponent. What could be two numbers is none.</summary>
internal static class WireNumber
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>More characters are no amount and no count.</summary>
    private const int Longest = 64;

    /// <summary>
    /// An amount of money. <c>0,27819</c> and <c>1,234.56</c> are read; <c>15,000</c> is not, because it is fifteen thousand on one panel and fifteen on the next.
    /// </summary>
    public static bool TryAmount(string text, out decimal amount)
    {
        amount = 0;
        text = text.Trim();
        if (text.Length is 0 or > Longest)
        {
            return false;
        }

        var comma = text.LastIndexOf(',');
        var point = text.LastIndexOf('.');
        if (comma < 0)
        {
            return decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out amount);
        }

        // The last mark is the decimal one, unless it is a comma that stands there more than once.
        var isDecimalComma = comma > point && text.IndexOf(',') == comma;
        if (isDecimalComma && point < 0 && LooksGrouped(text, comma))
        {
            return false;
        }

        var (group, whole, fraction) = isDecimalComma ? ('.', text[..comma], "." + text[(comma + 1)..])
            : point > comma ? (',', text[..point], text[point..])
            : (',', text, "");
        return (!whole.Contains(group, StringComparison.Ordinal) || IsGrouped(whole, group))
            && decimal.TryParse(whole.Replace(group.ToString(), "", StringComparison.Ordinal) + fraction, Plain, CultureInfo.InvariantCulture, out amount);
    }

    /// <summary>A count of things, so always whole: <c>1,234</c>, <c>1.2e3</c> and <c>7.0</c> can each mean only one.</summary>
    public static bool TryCount(string text, out long count)
    {
        count = 0;
        text = text.Trim();
        if (text.Length is 0 or > Longest)
        {
            return false;
        }

        var plain = IsGrouped(text, ',') ? text.Replace(",", "", StringComparison.Ordinal) : text;
        if (!TryAmount(plain, out var amount) || decimal.Truncate(amount) != amount || amount is < long.MinValue or > long.MaxValue)
        {
            return false;
        }

        count = (long)amount;
        return true;
    }

    // 1 to 3 digits, the first no 0, a comma, 3 digits: what 15,000 looks like and 0,278 does not.
    private static bool LooksGrouped(string text, int comma) => IsGrouped(text, ',') && text.TrimStart('-', '+')[0] != '0' && comma > 0;

    private static bool IsGrouped(string text, char mark)
    {
        var groups = text.TrimStart('-', '+').Split(mark);
        return groups.Length > 1 && groups[0].Length is >= 1 and <= 3 && groups.All(g => g.All(char.IsAsciiDigit)) && groups.Skip(1).All(g => g.Length == 3);
    }
}
