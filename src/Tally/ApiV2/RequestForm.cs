using System.Buffers;

namespace Tally.ApiV2;

/// <summary>
/// Reads <c>application/x-www-form-urlencoded</c>, the form of bodies and of query strings, straight from the bytes: only the values of known parameters become
/// text. Pure; linear in the bytes; no input makes it throw.
/// </summary>
internal static class RequestForm
{
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]%+"u8);

    /// <summary>Reads all pairs; an empty one (<c>&amp;&amp;</c>) is no parameter, and one without <c>=</c> has an empty value.</summary>
    /// <returns>What is wrong with the form as a whole; null when it could be read.</returns>
    public static Refusal? Read(ReadOnlySpan<byte> form, RequestParameters into)
    {
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            form = end < 0 ? [] : form[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (!into.TryCount())
            {
                return RequestParameters.TooMany;
            }

            var equals = pair.IndexOf((byte)'=');
            if (TryFindName(equals < 0 ? pair : pair[..equals], out var parameter) && into.Wants(parameter))
            {
                var flaw = RequestText.ReadEscaped(equals < 0 ? [] : pair[(equals + 1)..], out var value);
                into.Set(parameter, flaw, value);
            }
        }

        return null;
    }

    /// <summary>Whether a body that does not say what it is begins like a form: a name of ordinary characters, then <c>=</c>.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<byte> body)
    {
        var equals = body.IndexOf((byte)'=');
        return equals > 0 && !body[..equals].ContainsAnyExcept(NameBytes);
    }

    // A name may be escaped as well; one that cannot be undone is no name of ours.
    private static bool TryFindName(ReadOnlySpan<byte> raw, out Parameter parameter)
    {
        if (raw.IndexOfAny((byte)'%', (byte)'+') < 0)
        {
            return ParameterNames.TryFind(raw, out parameter);
        }

        Span<byte> name = stackalloc byte[48];
        if (raw.Length <= name.Length && RequestText.TryUnescape(raw, name, out var length))
        {
            return ParameterNames.TryFind(name[..length], out parameter);
        }

        parameter = default;
        return false;
    }
}
