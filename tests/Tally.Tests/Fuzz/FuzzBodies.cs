using System.Text;
using System.Text.Json;
using Tally.Tests.ApiV2;

namespace Tally.Tests.Fuzz;

/// <summary>Writes parameters as bodies, correctly and in the ways in which clients get it wrong.</summary>
internal static class FuzzBodies
{
    // Longer texts are written in one way only: others would take the time of a thousand requests.
    private const int MostNesting = 3_000, LongText = 10_000;

    /// <summary>A form, or a query; <paramref name="ascii"/> when nothing else may stand in it.</summary>
    public static string Form(Dice dice, IReadOnlyList<(string Name, string Value)> parameters, bool ascii)
    {
        var way = dice.Below(12);
        var form = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            form.Append(form.Length == 0 ? "" : "&").Append(Escaped(name, way, ascii)).Append('=').Append(Escaped(value, way, ascii));
            if (dice.OneIn(90))
            {
                form.Append(dice.Of(["%", "%4", "%G1", "&", "&&&", "=", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%00"]));
            }
        }

        return form.ToString();
    }

    /// <summary>JSON: texts mostly, numbers and arrays where they fit, and what does not fit at all.</summary>
    public static string Json(Dice dice, IReadOnlyList<(string Name, string Value)> parameters)
    {
        var json = new StringBuilder("{");
        foreach (var (name, value) in parameters)
        {
            json.Append(json.Length == 1 ? "" : ",").Append(Text(dice, name)).Append(dice.OneIn(30) ? " : " : ":");
            json.Append(dice.Below(90) switch
            {
                0 => "null",
                1 => "true",
                2 => "[" + string.Join(',', value.Split(',', '\n').Select(v => Text(dice, v))) + "]",
                3 => "{\"a\":" + Text(dice, value) + "}",
                4 => dice.Of(["1e2", "-0", "1.0", "100.000", "1E400", "01", ".5", "1.", "0x1", "99999999999999999999999999", "1e-7"]),
                5 when dice.OneIn(4) => Deep(dice),
                6 => "[" + value + "]",
                < 40 when value.Length > 0 && value.All(char.IsAsciiDigit) => value,
                _ => Text(dice, value),
            });
        }

        json.Append(dice.OneIn(50) ? ",}" : "}");
        return dice.OneIn(60) ? dice.Of(["[", " \r\n", "\ufeff", "/* */", "[1,"]) + json + dice.Of(["]", "", "{}", "x", "\0"]) : json.ToString();
    }

    /// <summary>Multipart as clients write it, with the boundary of <see cref="Requests.Multipart"/>.</summary>
    public static string Multipart(Dice dice, IReadOnlyList<(string Name, string Value)> parameters)
    {
        var end = dice.OneIn(20) ? "\n" : "\r\n";
        var body = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            body.Append("--").Append(Requests.Boundary).Append(end).Append("Content-Disposition: form-data; name=");
            body.Append(dice.OneIn(15) ? name : "\"" + name + "\"");
            body.Append(dice.OneIn(15) ? "; filename=\"a.txt\"" : "").Append(end);
            body.Append(dice.OneIn(15) ? dice.Of(["Content-Type: text/plain; charset=utf-16", "Content-Type: application/octet-stream", "X: " + new string('x', 3_000), ":", "Content-Transfer-Encoding: base64"]) + end : "");
            body.Append(end).Append(value).Append(end);
        }

        return body.Append("--").Append(Requests.Boundary).Append(dice.OneIn(20) ? "" : "--").Append(end).ToString();
    }

    /// <summary>Damages a body in up to three places.</summary>
    public static byte[] Damage(Dice dice, byte[] body)
    {
        for (var times = 1 + dice.Below(3); times > 0; times--)
        {
            var (at, length) = (dice.Below(body.Length + 1), dice.Below(24));
            var to = Math.Min(body.Length, at + length);
            body = dice.Below(6) switch
            {
                0 => [.. body[..at], (byte)dice.Below(256), .. body[at..]],
                1 => [.. body[..at], .. body[to..]],
                2 => [.. body[..to], .. body[at..to], .. body[to..]],
                3 => body[..at],
                4 => [.. body[..at], .. body[at..to].Select(b => (byte)(b ^ (1 << dice.Below(8)))), .. body[to..]],
                _ => [.. body[..at], .. Encoding.UTF8.GetBytes(dice.Of(FuzzWords.Tokens)), .. body[at..]],
            };
        }

        return body;
    }

    private static string Escaped(string text, int way, bool ascii) => (text.Length > LongText ? 5 : way) switch
    {
        0 => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"%{b:x2}")),
        1 => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal),
        2 => Uri.EscapeDataString(Uri.EscapeDataString(text)),
        3 when !ascii => text,
        4 when !ascii => text.Replace(' ', '+'),
        _ => Uri.EscapeDataString(Whole(text)),
    };

    private static string Text(Dice dice, string text) => (text.Length > LongText ? 9 : dice.Below(10)) switch
    {
        0 => "\"" + string.Concat(text.Select(c => $"\\u{(int)c:x4}")) + "\"",
        1 => "\"" + text + "\"",
        2 when dice.OneIn(8) => "\"" + dice.Of(["\\ud800", "\\udc00\\ud800", "\\x41", "\\", "\\u12", "\\u0000"]) + "\"",
        _ => JsonSerializer.Serialize(Whole(text)),
    };

    private static string Deep(Dice dice)
    {
        var depth = 1 + dice.Below(MostNesting);
        return dice.Below(3) switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
            _ => new string('[', depth),
        };
    }

    // A lone surrogate cannot be written by the usual writers.
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
