namespace Tally.Contract;

/// <summary>The form in which the field's words are compared: no case, no spaces, hyphens or underscores.</summary>
internal static class Words
{
    /// <summary>Longer texts are no words of ours; reading them further would only cost time.</summary>
    private const int Longest = 64;

    public static string? Bare(string? text)
    {
        if (text is null || text.Length > Longest)
        {
            return null;
        }

        Span<char> bare = stackalloc char[Longest];
        var length = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c) && c is not ('-' or '_'))
            {
                bare[length++] = char.ToLowerInvariant(c);
            }
        }

        return length == 0 ? null : new string(bare[..length]);
    }
}
