using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>The values of the actions that answer little: <c>add</c>, <c>cancel</c>, <c>refill</c>, <c>refill_status</c>, <c>balance</c>.</summary>
internal static class ActionReaders
{
    /// <summary>The new order's id.</summary>
    public static ApiResult<long> Added(JsonElement root, Answer answer)
    {
        var item = OnlyOf(root);
        var order = item.Find("order", "order_id", "orderId");
        return WireValue.NumericId(order?.Find("order", "id") ?? order) is { } id
            ? new ApiResult<long>.Answered(id)
            : answer.Unclear<long>(UnclearReason.MissingId, "No order id in the answer. " + answer.Quote(root));
    }

    /// <summary>Whether the request to cancel is accepted. A number above 1 is a cancel task's id, so it is.</summary>
    public static ApiResult<bool> Cancelled(JsonElement item, Answer answer)
    {
        var cancel = item.Find("cancel") ?? item;
        if (ErrorReader.Find(cancel, answer) is { } error)
        {
            return answer.Refused<bool>(error);
        }

        var isNo = WireValue.IsNo(cancel);
        return isNo || WireValue.IsYes(cancel) || WireValue.NumericId(cancel) is not null
            ? new ApiResult<bool>.Answered(!isNo)
            : answer.Unclear<bool>(UnclearReason.Unreadable, "Neither accepted nor refused: " + answer.Quote(cancel));
    }

    /// <summary>The refill's id.</summary>
    public static ApiResult<string> Refilled(JsonElement item, Answer answer)
    {
        var refill = OnlyOf(item.Find("refill", "refill_id") ?? item);
        if (ErrorReader.Find(refill, answer) is { } error)
        {
            return answer.Refused<string>(error);
        }

        return WireValue.Id(refill.Find("refill", "refill_id", "id") ?? refill) is { } id
            ? new ApiResult<string>.Answered(id)
            : answer.Unclear<string>(UnclearReason.MissingId, "No refill id in the answer: " + answer.Quote(refill));
    }

    /// <summary>How the refill stands.</summary>
    public static ApiResult<RefillState> RefillState(JsonElement item, Answer answer)
    {
        var status = item.Find("status", "refill_status") ?? item;
        if (ErrorReader.Find(status, answer) is { } error)
        {
            return answer.Refused<RefillState>(error);
        }

        if (WireValue.Text(status) is not { } text)
        {
            return answer.Unclear<RefillState>(UnclearReason.Unreadable, "No status: " + answer.Quote(item));
        }

        _ = RefillStatusWords.TryRead(text, out var word);
        return new ApiResult<RefillState>.Answered(new RefillState(word, answer.Text(text)));
    }

    /// <summary>The money on the account.</summary>
    public static ApiResult<Balance> Balance(JsonElement root, Answer answer)
    {
        var item = OnlyOf(root);
        return WireValue.TryAmount(item.Find("balance"), out var amount) && amount is { } read
            ? new ApiResult<Balance>.Answered(new Balance(read, WireValue.Text(item.Find("currency")) is { } currency ? answer.Text(currency.Trim()) : null))
            : answer.Unclear<Balance>(UnclearReason.Unreadable, "No balance that could be read. " + answer.Quote(root));
    }

    private static JsonElement OnlyOf(JsonElement element) => element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 1 ? element[0] : element;
}
