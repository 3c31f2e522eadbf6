using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Tally.ApiV2;

/// <summary>What keeps a value from being text.</summary>
internal enum TextFlaw
{
    None,

    /// <summary>A <c>%</c> without two hexadecimal digits after it.</summary>
    BrokenEscape,

    /// <summary>Bytes that are not UTF-8, or a lone surrogate in JSON.</summary>
    NotUtf8,

    /// <summary>A U+0000, which PostgreSQL cannot store and no link or name has.</summary>
    Nul,
}

/// <summary>Turns the bytes of a value into text. Pure; linear in the bytes; no input makes it throw.</summary>
internal static class RequestText
{
    private const int StackBytes = 512;

    /// <summary>What the refusal's detail says of a flaw.</summary>
    public static string Words(this TextFlaw flaw) => flaw switch
    {
        TextFlaw.BrokenEscape => "broken percent-encoding",
        TextFlaw.NotUtf8 => "not valid UTF-8",
        TextFlaw.Nul => "contains the character U+0000",
        _ => throw new ArgumentOutOfRangeException(nameof(flaw), flaw, "No flaw."),
    };

    /// <summary>Reads bytes that stand for themselves.</summary>
    public static TextFlaw ReadUtf8(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (!Utf8.IsValid(bytes))
        {
            return TextFlaw.NotUtf8;
        }

        if (bytes.Contains((byte)0))
        {
            return TextFlaw.Nul;
        }

        text = Encoding.UTF8.GetString(bytes);
        return TextFlaw.None;
    }

    /// <summary>Reads a value as forms and query strings carry it: <c>+</c> is a space, <c>%</c> and two hexadecimal digits are a byte.</summary>
    public static TextFlaw ReadEscaped(ReadOnlySpan<byte> raw, out string text)
    {
        if (raw.IndexOfAny((byte)'%', (byte)'+') < 0)
        {
            return ReadUtf8(raw, out text);
        }

        var rented = raw.Length <= StackBytes ? null : ArrayPool<byte>.Shared.Rent(raw.Length);
        var bytes = rented ?? stackalloc byte[StackBytes];
        text = "";
        var flaw = TryUnescape(raw, bytes, out var length) ? ReadUtf8(bytes[..length], out text) : TextFlaw.BrokenEscape;
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return flaw;
    }

    /// <summary>Undoes the escapes of a form; false at a broken one.</summary>
    /// <param name="into">At least as long as <paramref name="raw"/>.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> into, out int length)
    {
        length = 0;
        while (true)
        {
            var next = raw.IndexOfAny((byte)'%', (byte)'+');
            var plain = next < 0 ? raw : raw[..next];
            plain.CopyTo(into[length..]);
            length += plain.Length;
            if (next < 0)
            {
                return true;
            }

            if (raw[next] == '+')
            {
                into[length++] = (byte)' ';
                raw = raw[(next + 1)..];
            }
            else if (raw.Length < next + 3 || (Digit(raw[next + 1]) | Digit(raw[next + 2])) < 0)
            {
                return false;
            }
            else
            {
                into[length++] = (byte)((Digit(raw[next + 1]) << 4) | Digit(raw[next + 2]));
                raw = raw[(next + 3)..];
            }
        }
    }

    // The framework's parsers take a NUL behind a digit for padding; here it is a broken escape. Negative for what is no digit.
    private static int Digit(byte hexadecimal) => hexadecimal switch
    {
        >= (byte)'0' and <= (byte)'9' => hexadecimal - '0',
        >= (byte)'a' and <= (byte)'f' => hexadecimal - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => hexadecimal - 'A' + 10,
        _ => -1,
    };
}
