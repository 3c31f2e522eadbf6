using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tally.ApiV2;

/// <summary>
/// Reads a JSON body: one object whose values are strings, numbers (as they are written), booleans, null (not sent), or arrays of those, which become the list
/// that a form would carry. Pure; linear in the bytes; no input makes it throw.
/// </summary>
internal static class RequestJson
{
    // The object and an array in it; a little more, so that what nobody reads may be nested.
    private const int MaxDepth = 16;

    private static readonly Refusal NotJson = Refusal.IncorrectRequest("The body is not valid JSON.");
    private static readonly Refusal NotAnObject = Refusal.IncorrectRequest("The JSON body must be an object.");

    /// <returns>What is wrong with the body as a whole; null when it could be read.</returns>
    public static Refusal? Read(ReadOnlySpan<byte> json, RequestParameters into)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadProperties(ref reader, json.Length, into) : NotAnObject;
        }
        catch (JsonException)
        {
            return NotJson;
        }
    }

    private static Refusal? ReadProperties(ref Utf8JsonReader reader, int longest, RequestParameters into)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!into.TryCount())
            {
                return RequestParameters.TooMany;
            }

            var known = TryFindName(ref reader, out var parameter) && into.Wants(parameter);
            reader.Read();
            if (known)
            {
                ReadValue(ref reader, parameter, longest, into);
            }
            else
            {
                reader.Skip();
            }
        }

        // The object has ended; what follows it, if anything, makes this throw.
        reader.Read();
        return null;
    }

    private static void ReadValue(ref Utf8JsonReader reader, Parameter parameter, int longest, RequestParameters into)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.StartObject:
                into.Refuse(parameter, "expected a text or a number, not an object");
                reader.Skip();
                return;
            case JsonTokenType.String when !reader.ValueIsEscaped:
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                into.Set(parameter, RequestText.ReadUtf8(reader.ValueSpan, out var plain), plain);
                return;
        }

        // Decoding never lengthens: an escape is longer than its character, and a bracket or quote stands for every separator.
        var bytes = ArrayPool<byte>.Shared.Rent(longest);
        try
        {
            var length = 0;
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                ReadArray(ref reader, parameter, bytes, ref length, into);
            }
            else if (!TryAppend(ref reader, bytes, ref length))
            {
                into.Set(parameter, TextFlaw.NotUtf8, "");
            }

            if (into.Wants(parameter))
            {
                into.Set(parameter, RequestText.ReadUtf8(bytes.AsSpan(0, length), out var value), value);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // Reads to the end of the array also after a fault, so that the reader stands behind it.
    private static void ReadArray(ref Utf8JsonReader reader, Parameter parameter, Span<byte> into, ref int length, RequestParameters parameters)
    {
        var separator = parameter.HasLines() ? (byte)'\n' : (byte)',';
        var first = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                parameters.Refuse(parameter, "expected a list of texts or numbers");
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null && parameters.Wants(parameter))
            {
                if (!first)
                {
                    into[length++] = separator;
                }

                first = false;
                if (!TryAppend(ref reader, into, ref length))
                {
                    parameters.Set(parameter, TextFlaw.NotUtf8, "");
                }
            }
        }
    }

    private static bool TryAppend(ref Utf8JsonReader reader, Span<byte> into, ref int length)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.ValueIsEscaped)
        {
            reader.ValueSpan.CopyTo(into[length..]);
            length += reader.ValueSpan.Length;
            return true;
        }

        try
        {
            length += reader.CopyString(into[length..]);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The only way the reader has to say: a lone surrogate, or bytes that are not UTF-8. At most two a request, as a fault ends the decoding.
            return false;
        }
    }

    private static bool TryFindName(ref Utf8JsonReader reader, out Parameter parameter)
    {
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
        {
            return ParameterNames.TryFind(raw, out parameter);
        }

        // An escaped name of ours is ASCII throughout; surrogates and odd bytes, at which CopyString would throw, are none of ours.
        Span<byte> name = stackalloc byte[96];
        if (raw.Length <= name.Length && Ascii.IsValid(raw) && raw.IndexOf(@"\ud"u8) < 0 && raw.IndexOf(@"\uD"u8) < 0)
        {
            return ParameterNames.TryFind(name[..reader.CopyString(name)], out parameter);
        }

        parameter = default;
        return false;
    }
}
