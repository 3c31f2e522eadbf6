using System.Globalization;

namespace Tally.ApiV2;

/// <summary>An id as a client sent it.</summary>
/// <param name="Text">As sent, trimmed.</param>
/// <param name="Number">What it says, 0 … 2^31−1; −1 when it is no such number.</param>
internal readonly record struct RequestedId(string Text, long Number)
{
    /// <summary>Whether an order or refill could have it: 1 … 2^31−1 (api-v2.md section 2).</summary>
    public bool IsId => Number > 0;

    /// <summary>Reads ASCII digits, leading zeros allowed (api-v2.md section 7).</summary>
    public static RequestedId Of(string text)
    {
        var trimmed = text.Trim();
        return new RequestedId(trimmed, int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1);
    }

    /// <summary>Writes the id into an array's item: an integer when it is one, else the text that was sent (api-v2.md section 7).</summary>
    public void Write(ResponseJson json)
    {
        if (Number >= 0)
        {
            json.Number(Number);
        }
        else
        {
            json.Text(Text);
        }
    }
}

/// <summary>Reads a comma list of ids.</summary>
internal static class RequestIds
{
    /// <summary>Ids in one list at most, equal ones counted once (api-v2.md section 3).</summary>
    public const int MaxIds = 100;

    /// <summary>Reads a list in its order; spaces and empty items are tolerated, equal texts are kept once. Stops at the first id too many.</summary>
    /// <param name="parameter">Whose list it is, for the detail.</param>
    /// <returns>What is wrong with the list; null when <paramref name="ids"/> holds 1 to 100 of them.</returns>
    public static Refusal? Read(string list, Parameter parameter, out IReadOnlyList<RequestedId> ids)
    {
        var found = new List<RequestedId>();
        ids = found;
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var seen = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var range in list.AsSpan().Split(','))
        {
            var item = list.AsSpan(range).Trim();
            if (item.IsEmpty || !seen.Add(item))
            {
                continue;
            }

            if (found.Count == MaxIds)
            {
                return Refusal.IncorrectRequest($"{parameter.Name()}: at most {MaxIds} ids in one request");
            }

            found.Add(RequestedId.Of(item.ToString()));
        }

        return found.Count > 0 ? null : Refusal.IncorrectRequest($"{parameter.Name()}: required");
    }

    /// <summary>The same list with every number once: <c>7</c> and <c>07</c> ask for one order, and asking twice for a cancel or a refill is one request too many.</summary>
    public static IEnumerable<RequestedId> OncePerNumber(this IReadOnlyList<RequestedId> ids)
    {
        var seen = new HashSet<long>();
        return ids.Where(id => id.Number < 0 || seen.Add(id.Number));
    }

    /// <summary>The numbers that could be ids, each once.</summary>
    public static IReadOnlyCollection<long> Numbers(this IReadOnlyList<RequestedId> ids) => [.. ids.Where(id => id.IsId).Select(id => id.Number).Distinct()];
}
