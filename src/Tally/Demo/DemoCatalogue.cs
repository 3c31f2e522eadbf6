using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tally.Demo;

/// <summary>
/// One entry of the demo catalogue: the wire fields of an API v2 <c>services</c> answer (api-v2.md section 3), letter for
/// letter, and two keys that only the demo knows.
/// </summary>
public sealed record DemoService
{
    /// <summary>The service's id, 1 and rising without gaps.</summary>
    [JsonPropertyName("service")]
    public required int Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The description; may be empty.</summary>
    [JsonPropertyName("desc")]
    public required string Description { get; init; }

    /// <summary>One of the seventeen type names of api-v2.md section 4, in their spelling.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("category")]
    public required string Category { get; init; }

    [JsonPropertyName("platform")]
    public required string Platform { get; init; }

    /// <summary>The price in VND as a decimal string, per 1,000 or per 1 as the type says; at most 5 decimals.</summary>
    [JsonPropertyName("rate")]
    public required string Rate { get; init; }

    /// <summary>The smallest quantity of one order (for subscriptions: of one post).</summary>
    [JsonPropertyName("min")]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public required long Min { get; init; }

    /// <summary>The largest quantity of one order (for subscriptions: of one post).</summary>
    [JsonPropertyName("max")]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public required long Max { get; init; }

    [JsonPropertyName("refill")]
    public required bool Refill { get; init; }

    [JsonPropertyName("cancel")]
    public required bool Cancel { get; init; }

    [JsonPropertyName("dripfeed")]
    public required bool DripFeed { get; init; }

    /// <summary>Demo only: the refill window in days after completion; 0 means that it never closes.</summary>
    [JsonPropertyName("refill_days")]
    public int RefillDays { get; init; }

    /// <summary>Demo only: done by the operator's own staff, so the demo gives it no provider.</summary>
    [JsonPropertyName("manual")]
    public bool Manual { get; init; }
}

/// <summary>The services that <c>tally demo</c> starts with, and that the simulated provider sells from its side.</summary>
public static class DemoCatalogue
{
    private const string Resource = "catalogue.json";

    // A key that nobody reads is a spelling mistake in the catalogue, not an extension.
    private static readonly JsonSerializerOptions Strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Reads the embedded catalogue, in the order of its ids.</summary>
    /// <exception cref="InvalidOperationException">The resource is not in the assembly: a broken build.</exception>
    /// <exception cref="JsonException">The catalogue is malformed: a broken build.</exception>
    public static IReadOnlyList<DemoService> Load()
    {
        using var stream = typeof(DemoCatalogue).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The embedded resource '{Resource}' is missing.");
        return JsonSerializer.Deserialize<DemoService[]>(stream, Strict)
            ?? throw new JsonException($"The embedded resource '{Resource}' is null.");
    }
}
