using System.Text;

namespace Tally.ApiV2.Pages;

/// <summary>Lays compact JSON out with one value a line. Values stay letter for letter: a writer would escape the emoji in services' names.</summary>
internal static class JsonLines
{
    public static string Of(string json)
    {
        var (text, depth) = (new StringBuilder(json.Length * 2), 0);
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case '"':
                    var end = EndOfText(json, i);
                    text.Append(json, i, end - i);
                    i = end - 1;
                    break;
                case '{' or '[' when i + 1 < json.Length && json[i + 1] is '}' or ']':
                    text.Append(json, i++, 2);
                    break;
                case '{' or '[':
                    Line(text.Append(json[i]), ++depth);
                    break;
                case '}' or ']':
                    Line(text, --depth).Append(json[i]);
                    break;
                case ',':
                    Line(text.Append(','), depth);
                    break;
                case ':':
                    text.Append(": ");
                    break;
                default:
                    text.Append(json[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private static StringBuilder Line(StringBuilder text, int depth) => text.Append('\n').Append(' ', Math.Max(0, depth) * 2);

    private static int EndOfText(string json, int start)
    {
        for (var i = start + 1; i < json.Length; i++)
        {
            if (json[i] == '\\')
            {
                i++;
            }
            else if (json[i] == '"')
            {
                return i + 1;
            }
        }

        return json.Length;
    }
}
