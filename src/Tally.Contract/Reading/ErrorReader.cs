using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>Finds <c>{"error": …}</c>, at the top of an answer or in the place of an item.</summary>
internal static class ErrorReader
{
    /// <summary>The refusal in this element; null when it has none, also when <c>error</c> is there but says that there is none (null, false, 0, empty, <c>none</c>).</summary>
    public static ApiError? Find(JsonElement element, Answer answer)
    {
        if (element.Find("error") is not { } error || Text(error, element) is not { } text)
        {
            return null;
        }

        return new ApiError(answer.Text(text), Optional("code"), Optional("detail"), WireValue.NumericId(element.Find("order")));

        string? Optional(string name) => WireValue.Text(element.Find(name)) is { } found ? answer.Text(found) : null;
    }

    private static string? Text(JsonElement error, JsonElement around) => error.ValueKind switch
    {
        JsonValueKind.String => error.GetString()!.Trim().ToUpperInvariant() is "" or "0" or "FALSE" or "NULL" or "NONE" ? null : error.GetString(),
        JsonValueKind.True => Message(around) ?? "true",
        JsonValueKind.Number => WireValue.IsNo(error) ? null : Message(around) ?? error.GetRawText(),
        JsonValueKind.Object => error.EnumerateObject().Any() ? Message(error) ?? error.GetRawText() : null,
        JsonValueKind.Array => Joined(error),
        _ => null,
    };

    private static string? Message(JsonElement element) =>
        element.Find("message", "msg", "text", "error") is { ValueKind: JsonValueKind.String } message ? WireValue.Text(message) : null;

    private static string? Joined(JsonElement errors)
    {
        var texts = errors.EnumerateArray().Take(20).Select(e => WireValue.Text(e) ?? Message(e)).OfType<string>().ToList();
        return texts.Count > 0 ? string.Join("; ", texts) : errors.GetArrayLength() > 0 ? errors.GetRawText() : null;
    }
}
