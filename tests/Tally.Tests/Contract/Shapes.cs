using System.Text;
using System.Text.Json;
using Tally.Contract;
using Tally.Contract.Reading;
using Tally.Contract.Sending;

namespace Tally.Tests.Contract;

/// <summary>The readers without a network: bytes in, verdict out.</summary>
internal static class Shapes
{
    public static ApiResult<long> Added(string json, int status = 200) => Read(json, ActionReaders.Added, status);

    public static ApiResult<OrderState> Status(string json, string order = "7") =>
        Read(json, (JsonElement root, Answer answer) => ItemsReader.ReadOne(root, answer, new Asked("order", [order]), OrderStateReader.Read));

    public static IReadOnlyDictionary<string, ApiResult<OrderState>> Statuses(string json, params string[] orders) => Items(json, "order", orders, OrderStateReader.Read);

    public static IReadOnlyDictionary<string, ApiResult<bool>> Cancels(string json, params string[] orders) => Items(json, "order", orders, ActionReaders.Cancelled);

    public static ApiResult<string> Refill(string json) =>
        Read(json, (JsonElement root, Answer answer) => ItemsReader.ReadOne(root, answer, new Asked("order", ["7"]), ActionReaders.Refilled));

    public static IReadOnlyDictionary<string, ApiResult<string>> Refills(string json, params string[] orders) => Items(json, "order", orders, ActionReaders.Refilled);

    public static IReadOnlyDictionary<string, ApiResult<RefillState>> RefillStatuses(string json, params string[] refills) => Items(json, "refill", refills, ActionReaders.RefillState);

    public static ApiResult<RefillState> RefillStatus(string json) =>
        Read(json, (JsonElement root, Answer answer) => ItemsReader.ReadOne(root, answer, new Asked("refill", ["3"]), ActionReaders.RefillState));

    public static ApiResult<ServiceList> Services(string json) => Read(json, ServicesReader.Read);

    public static ApiResult<Balance> Balance(string json) => Read(json, ActionReaders.Balance);

    public static T Value<T>(this ApiResult<T> result) =>
        result is ApiResult<T>.Answered(var value) ? value : throw new InvalidOperationException("Not answered: " + result);

    public static UnclearReason Reason<T>(this ApiResult<T> result) =>
        result is ApiResult<T>.Unclear unclear ? unclear.Reason : throw new InvalidOperationException("Not unclear: " + result);

    public static ApiError Error<T>(this ApiResult<T> result) =>
        result is ApiResult<T>.Refused(var error) ? error : throw new InvalidOperationException("Not refused: " + result);

    public static ApiResult<T> Read<T>(string json, ReadValue<T> read, int status = 200) => Read(Encoding.UTF8.GetBytes(json), read, status);

    public static ApiResult<T> Read<T>(byte[] body, ReadValue<T> read, int status = 200) =>
        AnswerReader.Read(new Answer(status, null, new KeyMask(ScriptedPanel.Key)), body, 32, read);

    private static IReadOnlyDictionary<string, ApiResult<T>> Items<T>(string json, string idName, string[] ids, ReadValue<T> read) =>
        Read(json, (JsonElement root, Answer answer) => ItemsReader.Read(root, answer, new Asked(idName, ids), read)).Value();
}
