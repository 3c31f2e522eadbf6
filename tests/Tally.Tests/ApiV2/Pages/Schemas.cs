using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tally.Tests.ApiV2.Pages;

/// <summary>As much of JSON Schema as the OpenAPI document uses; a word that it does not know is a failure, not a yes.</summary>
internal sealed class Schemas(JsonNode document)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public bool Fits(JsonNode schema, JsonNode? value) => schema.AsObject().All(rule => Fits(schema.AsObject(), rule.Key, rule.Value!, value));

    private bool Fits(JsonObject schema, string word, JsonNode rule, JsonNode? value) => word switch
    {
        "$ref" => Fits(rule.GetValue<string>().TrimStart('#', '/').Split('/').Aggregate(document, (at, part) => at[part] ?? throw new InvalidOperationException($"{rule} leads nowhere.")), value),
        "type" => (rule is JsonArray types ? types : new JsonArray(rule.DeepClone())).Any(t => Type(value) == t!.GetValue<string>()),
        "const" => JsonNode.DeepEquals(rule, value),
        "enum" => rule.AsArray().Any(e => JsonNode.DeepEquals(e, value)),
        "pattern" => value is not JsonValue text || text.GetValueKind() != JsonValueKind.String || Regex.IsMatch(text.GetValue<string>(), rule.GetValue<string>(), RegexOptions.ECMAScript, Limit),
        "maxLength" => value is not JsonValue text || text.GetValueKind() != JsonValueKind.String || text.GetValue<string>().Length <= rule.GetValue<int>(),
        "required" => value is not JsonObject o || rule.AsArray().All(r => o.ContainsKey(r!.GetValue<string>())),
        "properties" => value is not JsonObject o || rule.AsObject().All(p => !o.ContainsKey(p.Key) || Fits(p.Value!, o[p.Key])),
        "additionalProperties" => value is not JsonObject o || o.Where(p => schema["properties"]?[p.Key] is null).All(p => rule is JsonObject more && Fits(more, p.Value)),
        "items" => value is not JsonArray list || list.All(i => Fits(rule, i)),
        "anyOf" => rule.AsArray().Any(s => Fits(s!, value)),
        "oneOf" => rule.AsArray().Count(s => Fits(s!, value)) == 1,
        "title" or "description" or "discriminator" => true,
        _ => throw new NotSupportedException($"The document uses '{word}', which this test does not judge."),
    };

    private static string Type(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
