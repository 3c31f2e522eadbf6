using System.Globalization;
using System.Text;

namespace Tally.Catalog;

/// <summary>
/// How people search: without regard to case and marks, so that <c>binh luan</c> finds <c>Bình luận</c> and <c>dang ky</c> finds <c>Đăng ký</c>. wwwroot/js/fold.js does the same in the
/// browser; a test holds the two together.
/// </summary>
public static class SearchText
{
    /// <summary>The longest search that is looked at, in characters.</summary>
    public const int Longest = 100;

    /// <summary>Lower case without marks, đ as d, runs of anything but letters and digits as one space.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
            {
                continue;
            }

            if (rune.Value is 'đ' or 'Đ')
            {
                folded.Append('d');
            }
            else if (Rune.IsLetter(rune) || Rune.IsDigit(rune))
            {
                folded.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (folded.Length > 0 && folded[^1] != ' ')
            {
                folded.Append(' ');
            }
        }

        return folded.ToString().TrimEnd();
    }

    /// <summary>The words of a search, folded.</summary>
    public static string[] Words(string? search) => Fold(search is { Length: > Longest } ? search[..Longest] : search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
