using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>
/// Reads the answer about one or many ids, in whichever shape it comes: an object keyed by ids, an array of objects that name their id, either of them inside another object, or
/// a lone item for a lone id. An item that cannot be read is unclear by itself; an id that does not occur is not in the result.
/// </summary>
internal static class ItemsReader
{
    public static ApiResult<IReadOnlyDictionary<string, ApiResult<T>>> Read<T>(JsonElement root, Answer answer, Asked asked, ReadValue<T> read)
    {
        if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return answer.Unclear<IReadOnlyDictionary<string, ApiResult<T>>>(UnclearReason.Unreadable, "Neither an object nor an array.");
        }

        var items = new Dictionary<string, ApiResult<T>>(StringComparer.Ordinal);
        foreach (var (id, element) in Locate(root, asked))
        {
            // A null in the place of an item says no more than no item.
            if (element.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            var item = ErrorReader.Find(element, answer) is { } error ? answer.Refused<T>(error) : read(element, answer);
            if (!items.TryAdd(id, item) && items[id] != item)
            {
                items[id] = answer.Unclear<T>(UnclearReason.Unreadable, "The answer says two different things about this id.");
            }
        }

        return new ApiResult<IReadOnlyDictionary<string, ApiResult<T>>>.Answered(items);
    }

    /// <summary>The same for a single id, which must then be there.</summary>
    public static ApiResult<T> ReadOne<T>(JsonElement root, Answer answer, Asked asked, ReadValue<T> read) => Read(root, answer, asked, read) switch
    {
        ApiResult<IReadOnlyDictionary<string, ApiResult<T>>>.Answered(var items) =>
            items.GetValueOrDefault(asked.Ids[0]) ?? answer.Unclear<T>(UnclearReason.NotAnswered, $"Nothing about this {asked.IdName} in the answer."),
        ApiResult<IReadOnlyDictionary<string, ApiResult<T>>>.Unclear(var reason, var what, var status) => new ApiResult<T>.Unclear(reason, what, status),
        var other => throw new InvalidOperationException($"A reading came to {other.GetType().Name}, which it never does."),
    };

    private static List<(string Id, JsonElement Item)> Locate(JsonElement root, Asked asked)
    {
        var items = Named(root, asked);
        if (items.Count > 0)
        {
            return items;
        }

        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in root.EnumerateObject())
            {
                items.AddRange(Named(property.Value, asked));
            }
        }

        return items.Count > 0 ? items : Lone(root, asked);
    }

    /// <summary>The items that stand under an id asked for, or name one.</summary>
    private static List<(string Id, JsonElement Item)> Named(JsonElement element, Asked asked) => element.ValueKind switch
    {
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(p => asked.SentAs(p.Name).Select(id => (id, p.Value)))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(e => asked.SentAs(WireValue.Id(e.Find(asked.IdName, asked.IdName + "_id", "id"))).Select(id => (id, e)))],
        _ => [],
    };

    /// <summary>The one item of an answer that has no list, provided that one id was asked for or the item names its own.</summary>
    private static List<(string Id, JsonElement Item)> Lone(JsonElement root, Asked asked)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            if (root.GetArrayLength() != 1)
            {
                return [];
            }

            root = root[0];
        }

        if (WireValue.Id(root.Find(asked.IdName)) is { } named)
        {
            return [.. asked.SentAs(named).Select(id => (id, root))];
        }

        var saysSomething = root.ValueKind != JsonValueKind.Object || (root.EnumerateObject().Any() && !root.EnumerateObject().All(p => p.Name.All(char.IsAsciiDigit)));
        return asked.Ids.Count == 1 && saysSomething ? [(asked.Ids[0], root)] : [];
    }
}
