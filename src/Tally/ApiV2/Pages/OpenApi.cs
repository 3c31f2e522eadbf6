using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tally.Settings;
using Tally.Ui;

namespace Tally.ApiV2.Pages;

/// <summary>
/// API v2 as an OpenAPI 3.1 document, for those who make clients with a generator. Made from what the code knows of types and parameters, with the executed examples. One address
/// for everything: <c>action</c> tells the requests apart.
/// </summary>
public static class OpenApi
{
    private const string Form = "application/x-www-form-urlencoded", Json = "application/json";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document as UTF-8.</summary>
    /// <param name="origin">The panel's scheme and host.</param>
    public static byte[] Write(string origin, PanelSettings panel) => JsonSerializer.SerializeToUtf8Bytes(Document(origin, panel, Words.In("en")), Readable);

    private static JsonObject Document(string origin, PanelSettings panel, Words words) => new()
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject
        {
            ["title"] = panel.Name + " API",
            ["version"] = "2.0",
            ["description"] = words["apiv2.openapi.description"],
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = origin }),
        ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject()),
        ["paths"] = new JsonObject
        {
            ["/api/v2"] = new JsonObject
            {
                ["post"] = new JsonObject
                {
                    ["operationId"] = "call",
                    ["summary"] = words["apiv2.openapi.summary"],
                    ["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { [Form] = Request() } },
                    ["responses"] = Responses(words),
                },
            },
        },
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = words["apiv2.openapi.bearer"] },
            },
            ["schemas"] = OpenApiSchemas.All(words),
        },
    };

    private static JsonObject Request() => new()
    {
        ["schema"] = new JsonObject
        {
            ["oneOf"] = new JsonArray([.. OpenApiSchemas.Requests.Select(r => (JsonNode)OpenApiSchemas.Ref(r.Schema))]),
            ["discriminator"] = new JsonObject
            {
                ["propertyName"] = "action",
                ["mapping"] = new JsonObject(OpenApiSchemas.Requests.Select(r => KeyValuePair.Create(r.Action, (JsonNode?)("#/components/schemas/" + r.Schema)))),
            },
        },
        ["examples"] = new JsonObject(Shown().Select(e => KeyValuePair.Create(Name(e), (JsonNode?)new JsonObject { ["value"] = Value(e) }))),
    };

    private static JsonObject Responses(Words words) => new()
    {
        ["200"] = new JsonObject
        {
            ["description"] = words["apiv2.openapi.answer"],
            ["content"] = new JsonObject
            {
                [Json] = new JsonObject
                {
                    ["schema"] = new JsonObject { ["anyOf"] = new JsonArray([.. OpenApiSchemas.Answers.Select(a => (JsonNode)OpenApiSchemas.Ref(a))]) },
                    ["examples"] = new JsonObject(Shown().Select(e => KeyValuePair.Create(Name(e), (JsonNode?)new JsonObject { ["value"] = JsonNode.Parse(e.Answer) }))),
                },
            },
        },
        ["429"] = new JsonObject
        {
            ["description"] = words["apiv2.error.rate_limited"],
            ["headers"] = new JsonObject
            {
                ["Retry-After"] = new JsonObject
                {
                    ["description"] = words["apiv2.openapi.retryAfter"],
                    ["schema"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 },
                },
            },
            ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = OpenApiSchemas.Ref("Error") } },
        },
    };

    // Not the one that shows an error of form: no schema takes its request.
    private static IEnumerable<Example> Shown() => ExecutedExamples.Current.All.Where(e => e.Notation == "http-request" && e.Section != "errors");

    // A request and its answer have the same name: the section and the line of docs/api-v2.md.
    private static string Name(Example example) => $"{example.Section.Replace(' ', '-')}-{example.Line}";

    private static JsonObject Value(Example example) =>
        new([KeyValuePair.Create("key", (JsonNode?)"YOUR_API_KEY"), .. example.Parameters.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)p.Value))]);
}
