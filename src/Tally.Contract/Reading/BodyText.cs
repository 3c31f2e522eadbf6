using System.Globalization;
using System.Text;

namespace Tally.Contract.Reading;

/// <summary>
/// Mends what is no text in an otherwise readable body, so that one description cut in the middle of an emoji does not spoil a catalogue. Works in place, because what it
/// writes is as long as what it replaces: an invalid byte becomes '?', a lone surrogate escape becomes �.
/// </summary>
internal static class BodyText
{
    private const int EscapeLength = 6;

    /// <summary>The body without byte order mark and white space around it, with nothing in it that would make a reader of strings throw.</summary>
    public static Memory<byte> Mend(Memory<byte> body)
    {
        if (body.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            body = body[Encoding.UTF8.Preamble.Length..];
        }

        body = body.Trim(" \t\r\n"u8);
        MendBytes(body.Span);
        MendEscapes(body.Span);
        return body;
    }

    private static void MendBytes(Span<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text))
        {
            return;
        }

        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                text[..length].Fill((byte)'?');
            }

            text = text[length..];
        }
    }

    private static void MendEscapes(Span<byte> text)
    {
        for (int next; (next = text.IndexOf((byte)'\\')) >= 0;)
        {
            text = text[next..];
            var length = Math.Min(2, text.Length);
            if (EscapedUnit(text) is { } unit && char.IsSurrogate(unit))
            {
                var paired = char.IsHighSurrogate(unit) && EscapedUnit(text[EscapeLength..]) is { } second && char.IsLowSurrogate(second);
                length = paired ? 2 * EscapeLength : EscapeLength;
                if (!paired)
                {
                    "\\ufffd"u8.CopyTo(text);
                }
            }

            text = text[length..];
        }
    }

    private static char? EscapedUnit(ReadOnlySpan<byte> text) =>
        text.Length >= EscapeLength && text.StartsWith("\\u"u8)
            && ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
