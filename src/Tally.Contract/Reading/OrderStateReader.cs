using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>One item of a <c>status</c> answer.</summary>
internal static class OrderStateReader
{
    public static ApiResult<OrderState> Read(JsonElement item, Answer answer)
    {
        if (ErrorReader.Find(item.Find("status") ?? item, answer) is { } error)
        {
            return answer.Refused<OrderState>(error);
        }

        if (WireValue.Text(item.Find("status")) is not { } status)
        {
            return Unreadable("status");
        }

        // No money hangs on it, and panels like to put words here: what cannot be read is not there.
        _ = WireValue.TryCount(item.Find("start_count", "start_counter"), out var startCount);
        var orders = new List<long>();
        long? remains = null, runs = null, interval = null, posts = null;
        var unreadable = !WireValue.TryAmount(item.Find("charge"), out var charge) ? "charge"
            : !WireValue.TryCount(item.Find("remains", "remain"), out remains) ? "remains"
            : !WireValue.TryCount(item.Find("runs"), out runs) ? "runs"
            : !WireValue.TryCount(item.Find("interval"), out interval) ? "interval"
            : !WireValue.TryCount(item.Find("posts"), out posts) ? "posts"
            : !TryOrders(item.Find("orders"), orders) ? "orders"
            : null;
        if (unreadable is not null)
        {
            return Unreadable(unreadable);
        }

        _ = OrderStatusWords.TryRead(status, out var word);
        return new ApiResult<OrderState>.Answered(new OrderState
        {
            Status = word,
            StatusText = answer.Text(status),
            Charge = charge,
            Currency = Text("currency"),
            StartCount = startCount,
            Remains = remains,
            Runs = runs,
            Interval = interval,
            Orders = orders.Count == 0 ? Array.Empty<long>() : orders,
            Posts = posts,
            Expiry = Text("expiry"),
        });

        string? Text(string name) => WireValue.Text(item.Find(name)) is { } text ? answer.Text(text.Trim()) : null;

        ApiResult<OrderState> Unreadable(string field) =>
            answer.Unclear<OrderState>(UnclearReason.Unreadable, $"'{field}' cannot be read. {answer.Quote(item)}");
    }

    /// <summary>Child ids: an array of ids or of objects that name them, one id, or a comma list.</summary>
    private static bool TryOrders(JsonElement? value, List<long> orders)
    {
        if (WireValue.IsAbsent(value))
        {
            return true;
        }

        if (value is { ValueKind: JsonValueKind.String } list)
        {
            var parts = list.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return parts.All(p => Add(WireNumber.TryCount(p, out var id) && id > 0 ? id : null));
        }

        return value is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().All(e => Add(WireValue.NumericId(e.Find("order", "id") ?? e)))
            : Add(WireValue.NumericId(value));

        bool Add(long? id)
        {
            if (id is { } known)
            {
                orders.Add(known);
            }

            return id is not null;
        }
    }
}
