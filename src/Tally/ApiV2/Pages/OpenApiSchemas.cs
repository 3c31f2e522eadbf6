using System.Text.Json.Nodes;
using Tally.Catalog;
using Tally.Orders;
using Tally.Ui;

namespace Tally.ApiV2.Pages;

/// <summary>The schemas of API v2's requests and answers. Forms carry text, so that all values of requests are strings with a pattern.</summary>
internal static class OpenApiSchemas
{
    private const string Id = "^[0-9]+$", Ids = "^[0-9]+(, ?[0-9]+)*$", Count = "^[0-9]+$", Money = "^-?[0-9]+(\\.[0-9]{1,5})?$";

    /// <summary>The requests, by action.</summary>
    public static IReadOnlyList<(string Action, string Schema)> Requests { get; } =
    [
        ("services", "ServicesRequest"), ("add", "AddRequest"), ("status", "StatusRequest"), ("cancel", "CancelRequest"), ("refill", "RefillRequest"),
        ("refill_status", "RefillStatusRequest"), ("balance", "BalanceRequest"),
    ];

    /// <summary>The answers.</summary>
    public static IReadOnlyList<string> Answers { get; } =
        ["Services", "Placed", "OrderStatus", "OrderStatuses", "Cancels", "Refill", "Refills", "RefillStatus", "RefillStatuses", "Balance", "Error"];

    public static JsonObject Ref(string schema) => new() { ["$ref"] = "#/components/schemas/" + schema };

    public static JsonObject All(Words words) => new()
    {
        ["ServicesRequest"] = RequestOf(words, "services"),
        ["AddRequest"] = AddRequest(words),
        ["StatusRequest"] = RequestOf(words, "status"),
        ["CancelRequest"] = RequestOf(words, "cancel"),
        ["RefillRequest"] = RequestOf(words, "refill"),
        ["RefillStatusRequest"] = RequestOf(words, "refill_status"),
        ["BalanceRequest"] = RequestOf(words, "balance"),
        ["Services"] = ListOf(Ref("Service")),
        ["Service"] = Service(),
        ["Placed"] = Closed(("order", Integer())),
        ["OrderStatus"] = StatusOfOrder(),
        ["OrderStatuses"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Either(Ref("OrderStatus"), Ref("Error")) },
        ["Cancels"] = ListOf(Closed(("order", Echo()), ("cancel", Either(new JsonObject { ["const"] = 1 }, Ref("Error"))))),
        ["Refill"] = Closed(("refill", Matching(Id))),
        ["Refills"] = ListOf(Closed(("order", Echo()), ("refill", Either(Integer(), Ref("Error"))))),
        ["RefillStatus"] = Closed(("status", Ref("RefillWord"))),
        ["RefillStatuses"] = ListOf(Closed(("refill", Echo()), ("status", Either(Ref("RefillWord"), Ref("Error"))))),
        ["RefillWord"] = OneOf([.. Enum.GetValues<RefillStatus>().Select(RefillStatusWords.Word)]),
        ["Balance"] = Closed(("balance", Matching(Money)), ("currency", new JsonObject { ["type"] = "string" })),
        ["Error"] = Error(),
    };

    private static JsonObject RequestOf(Words words, string action)
    {
        var ways = Reference.Actions.Where(a => a.Action == action).Select(a => a.Parameters).Where(p => p.Length > 0).ToList();
        var request = Request(words, action, ways.SelectMany(w => w));
        if (ways.Count == 1)
        {
            request["required"] = new JsonArray(["action", .. ways[0].Select(p => (JsonNode)p.Name)]);
        }
        else if (ways.Count > 1)
        {
            request["anyOf"] = new JsonArray([.. ways.Select(w => (JsonNode)new JsonObject { ["required"] = new JsonArray([.. w.Select(p => (JsonNode)p.Name)]) })]);
        }

        return request;
    }

    // One schema with all that any type asks for; which of it a service's type requires stands in its alternatives.
    private static JsonObject AddRequest(Words words)
    {
        var all = TypeRules.Table.SelectMany(Reference.Add).DistinctBy(p => p.Name).Select(p => p with { Type = null });
        var request = Request(words, "add", all);
        request["anyOf"] = new JsonArray([.. TypeRules.Table.Select(type => (JsonNode)new JsonObject
        {
            ["title"] = type.WireName,
            ["description"] = words[Reference.ChargeKey(type)].Replace("`", "", StringComparison.Ordinal),
            ["required"] = new JsonArray([.. Reference.Add(type).Where(p => p.Required).Select(p => (JsonNode)p.Name)]),
        })]);
        return request;
    }

    private static JsonObject Request(Words words, string action, IEnumerable<ParameterDoc> own)
    {
        var properties = new JsonObject
        {
            ["key"] = new JsonObject { ["type"] = "string", ["description"] = words["apiv2.parameter.key"] },
            ["action"] = new JsonObject { ["const"] = action },
        };
        foreach (var parameter in own)
        {
            var schema = Value(parameter.Name);
            schema["description"] = parameter.Meaning(words).Replace("`", "", StringComparison.Ordinal);
            properties[parameter.Name] = schema;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray("action") };
    }

    private static JsonObject Value(string parameter) => parameter switch
    {
        "order" or "refill" or "service" => Matching(Id),
        "orders" or "refills" => Matching(Ids),
        "quantity" or "runs" or "interval" or "min" or "max" or "posts" or "old_posts" or "delay" or "answer_number" => Matching(Count),
        "order_reference" => new JsonObject { ["type"] = "string", ["maxLength"] = 100 },
        "link" => new JsonObject { ["type"] = "string", ["maxLength"] = 2_048 },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Service() => Closed(
        ("service", Integer()), ("name", Text()), ("desc", Text()), ("type", OneOf([.. TypeRules.Table.Select(t => t.WireName)])), ("category", Text()), ("platform", Text()),
        ("rate", Matching(Money)), ("min", Matching(Count)), ("max", Matching(Count)), ("refill", Flag()), ("cancel", Flag()), ("dripfeed", Flag()));

    private static JsonObject StatusOfOrder()
    {
        var status = Closed(
            ("charge", Matching(Money)), ("start_count", Matching(Count)), ("status", OneOf([.. Enum.GetValues<OrderStatus>().Select(OrderStatusWords.Word)])),
            ("remains", Matching(Count)), ("currency", Text()));
        var properties = status["properties"]!.AsObject();
        properties["runs"] = Matching(Count);
        properties["interval"] = Matching(Count);
        properties["posts"] = Matching(Count);
        properties["expiry"] = Text();
        properties["orders"] = ListOf(Integer());
        return status;
    }

    private static JsonObject Error()
    {
        var error = Closed(("error", Text()), ("code", OneOf([.. ExecutedExamples.Current.Errors.Select(e => e.Code)])));
        error["properties"]!.AsObject()["detail"] = Text();
        error["properties"]!.AsObject()["order"] = Integer();
        return error;
    }

    private static JsonObject Closed(params (string Name, JsonObject Schema)[] properties) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)p.Schema))),
        ["required"] = new JsonArray([.. properties.Select(p => (JsonNode)p.Name)]),
        ["additionalProperties"] = false,
    };

    private static JsonObject ListOf(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Either(JsonObject one, JsonObject other) => new() { ["anyOf"] = new JsonArray(one, other) };

    private static JsonObject OneOf(string[] words) => new() { ["type"] = "string", ["enum"] = new JsonArray([.. words.Select(w => (JsonNode)w)]) };

    private static JsonObject Matching(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Integer() => new() { ["type"] = "integer" };

    // An id as the client sent it: text when it was no number.
    private static JsonObject Echo() => new() { ["type"] = new JsonArray("integer", "string") };

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Flag() => new() { ["type"] = "boolean" };
}
