using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tally.Demo;

/// <summary>Turns a true answer into the one that a fault asks for.</summary>
internal static class SpoiltAnswer
{
    public static JsonNode? Of(JsonNode answer, Fault? fault)
    {
        switch (fault)
        {
            case Fault.WrongShape wrong:
                return Reshape(answer, wrong.Shape);
            case Fault.OmitIds omit:
                Shorten(answer, omit.Count);
                return answer;
            case Fault.UnknownStatus unknown:
                Reword(answer, unknown.Word);
                return answer;
            default:
                return answer;
        }
    }

    private static JsonNode? Reshape(JsonNode answer, AnswerShape shape) => shape switch
    {
        AnswerShape.Wrapped => new JsonObject { ["data"] = answer },
        AnswerShape.InArray => new JsonArray(answer),
        AnswerShape.Null => null,
        AnswerShape.Text => JsonValue.Create("ok"),
        AnswerShape.EmptyObject => new JsonObject(),
        AnswerShape.EmptyArray => new JsonArray(),
        AnswerShape.NumbersAsStrings => EachValue(answer, value =>
            value.GetValueKind() == JsonValueKind.Number ? JsonValue.Create(value.ToJsonString()) : value.DeepClone()),
        AnswerShape.StringsAsNumbers => EachValue(answer, value =>
            value.GetValueKind() == JsonValueKind.String && AsNumber(value.GetValue<string>()) is { } number ? JsonValue.Create(number) : value.DeepClone()),
        AnswerShape.NullValues => EachValue(answer, _ => null),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, message: null),
    };

    private static decimal? AsNumber(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static JsonNode? EachValue(JsonNode? node, Func<JsonValue, JsonNode?> change) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, EachValue(pair.Value, change)))),
        JsonArray list => new JsonArray([.. list.Select(item => EachValue(item, change))]),
        JsonValue value => change(value),
        _ => null,
    };

    private static void Shorten(JsonNode answer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (answer is JsonObject { Count: > 0 } map && map.All(pair => pair.Value is JsonObject))
                _ = map.Remove(map.Last().Key);
            else if (answer is JsonArray { Count: > 0 } list)
                list.RemoveAt(list.Count - 1);
        }
    }

    private static void Reword(JsonNode? node, string word)
    {
        if (node is JsonObject map)
        {
            if (map["status"] is JsonValue)
                map["status"] = word;
            foreach (var (_, value) in map.ToList())
                Reword(value, word);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
                Reword(item, word);
        }
    }
}
