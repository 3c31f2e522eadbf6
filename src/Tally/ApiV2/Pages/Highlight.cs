namespace Tally.ApiV2.Pages;

/// <summary>A piece of code and the class that colours it; null = as the rest. The pieces in their order are the code, letter for letter.</summary>
public readonly record struct CodePiece(string? Class, string Text);

/// <summary>Colours code on the server, so that pages need no library for it.</summary>
public static class Highlight
{
    private const string Key = "c-key", Text = "c-text", Figure = "c-figure", Word = "c-word", Remark = "c-remark";

    // Of all six languages of the samples: what is a word in one and a name in another hardly occurs.
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "as", "async", "await", "break", "case", "catch", "const", "continue", "def", "defer", "do", "done", "echo", "else", "elif", "esac", "except", "exit", "false", "fi", "finally",
        "for", "foreach", "from", "func", "function", "if", "import", "in", "let", "new", "nil", "None", "null", "of", "or", "package", "raise", "range", "return", "set", "sleep",
        "static", "string", "then", "throw", "true", "True", "try", "using", "var", "while", "with",
    };

    /// <summary>JSON: keys, strings, numbers and words.</summary>
    public static IReadOnlyList<CodePiece> Json(string json)
    {
        var pieces = new List<CodePiece>();
        for (var i = 0; i < json.Length;)
        {
            var start = i;
            if (json[i] == '"')
            {
                i = EndOfText(json, i, escapes: true);
                var next = i;
                while (next < json.Length && char.IsWhiteSpace(json[next]))
                {
                    next++;
                }

                pieces.Add(new(next < json.Length && json[next] == ':' ? Key : Text, json[start..i]));
            }
            else if (char.IsAsciiLetterOrDigit(json[i]) || json[i] == '-')
            {
                i = End(json, i, static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.');
                pieces.Add(new(char.IsAsciiLetter(json[start]) ? Word : Figure, json[start..i]));
            }
            else
            {
                i = End(json, i, static c => c is not ('"' or '-') && !char.IsAsciiLetterOrDigit(c));
                pieces.Add(new(null, json[start..i]));
            }
        }

        return pieces;
    }

    /// <summary>Parameters, one a line: names and values.</summary>
    public static IReadOnlyList<CodePiece> Parameters(string lines)
    {
        var pieces = new List<CodePiece>();
        foreach (var line in lines.Split('\n'))
        {
            if (pieces.Count > 0)
            {
                pieces.Add(new(null, "\n"));
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                pieces.Add(new(null, line));
                continue;
            }

            pieces.Add(new(Key, line[..equals]));
            pieces.Add(new(null, "="));
            pieces.Add(new(Text, line[(equals + 1)..]));
        }

        return pieces;
    }

    /// <summary>A program in one of the samples' languages: remarks, strings, numbers, words.</summary>
    /// <param name="remark">What begins a remark: <c>#</c> or <c>//</c>.</param>
    public static IReadOnlyList<CodePiece> Code(string code, string remark)
    {
        var pieces = new List<CodePiece>();
        for (var i = 0; i < code.Length;)
        {
            var start = i;
            if (string.CompareOrdinal(code, i, remark, 0, remark.Length) == 0 && (i == 0 || char.IsWhiteSpace(code[i - 1])))
            {
                i = End(code, i, static c => c != '\n');
                pieces.Add(new(Remark, code[start..i]));
            }
            else if (code[i] is '"' or '\'' or '`')
            {
                i = EndOfText(code, i, escapes: code[i] != '`');
                pieces.Add(new(Text, code[start..i]));
            }
            else if (char.IsAsciiLetterOrDigit(code[i]) || code[i] == '_')
            {
                i = End(code, i, static c => char.IsAsciiLetterOrDigit(c) || c == '_');
                var word = code[start..i];
                pieces.Add(new(char.IsAsciiDigit(word[0]) ? Figure : Words.Contains(word) ? Word : null, word));
            }
            else
            {
                pieces.Add(new(null, code[i++].ToString()));
            }
        }

        return Joined(pieces);
    }

    private static int End(string text, int from, Func<char, bool> isPart)
    {
        var i = from + 1;
        while (i < text.Length && isPart(text[i]))
        {
            i++;
        }

        return i;
    }

    private static int EndOfText(string text, int from, bool escapes)
    {
        for (var i = from + 1; i < text.Length; i++)
        {
            if (escapes && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[from])
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    // Neighbours of one colour become one piece: fewer elements for the browser.
    private static IReadOnlyList<CodePiece> Joined(List<CodePiece> pieces)
    {
        var joined = new List<CodePiece>();
        foreach (var piece in pieces)
        {
            if (joined.Count > 0 && joined[^1].Class == piece.Class)
            {
                joined[^1] = new(piece.Class, joined[^1].Text + piece.Text);
            }
            else
            {
                joined.Add(piece);
            }
        }

        return joined;
    }
}
