using System.Globalization;
using System.Text.Json.Nodes;

namespace Tally.Demo;

/// <summary>The answers of API v2 in their exact shapes (api-v2.md sections 2 and 3).</summary>
internal static class SimulatedAnswers
{
    public static JsonObject Error(Refusal refusal)
    {
        var answer = new JsonObject { ["error"] = refusal.Error, ["code"] = refusal.Code };
        if (refusal.Detail is { } detail)
            answer["detail"] = detail;
        if (refusal.Order is { } order)
            answer["order"] = order;
        return answer;
    }

    public static JsonObject Order(int id) => new() { ["order"] = id };

    public static JsonObject Balance(decimal balance, string currency) => new() { ["balance"] = Price.Text(balance), ["currency"] = currency };

    public static JsonArray Services(IEnumerable<SimulatedService> services) => new([.. services.Select(Service)]);

    public static JsonObject Status(SimulatedOrder order, long now, string currency)
    {
        var state = order.At(now);
        var answer = new JsonObject
        {
            ["charge"] = Price.Text(state.Charge),
            ["start_count"] = Text(state.StartCount),
            ["status"] = state.Status,
            ["remains"] = Text(state.Remains),
            ["currency"] = currency,
        };
        order.Series?.Describe(answer, now);
        return answer;
    }

    /// <summary>A single refill's id is a string, unlike the ids of the list form: the seed page has it so.</summary>
    public static JsonObject Refill(int id) => new() { ["refill"] = Text(id) };

    public static JsonObject RefillStatus(string status) => new() { ["status"] = status };

    /// <summary>One element of a list answer: the id as an integer (or the text it was) beside its value.</summary>
    public static JsonObject Item(string idName, string sentId, string valueName, JsonNode value) => new()
    {
        [idName] = WireValues.Number(sentId) is { } number ? number : sentId,
        [valueName] = value,
    };

    private static JsonObject Service(SimulatedService service) => new()
    {
        ["service"] = service.Id,
        ["name"] = service.Name,
        ["desc"] = service.Description,
        ["type"] = service.Type,
        ["category"] = service.Category,
        ["platform"] = service.Platform,
        ["rate"] = Price.Text(service.Rate),
        ["min"] = Text(service.Min),
        ["max"] = Text(service.Max),
        ["refill"] = service.Refill,
        ["cancel"] = service.Cancel,
        ["dripfeed"] = service.DripFeed,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
