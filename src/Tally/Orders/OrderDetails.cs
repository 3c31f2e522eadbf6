using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tally.Orders;

/// <summary>The type's own parameters as they are stored: a JSON object of texts.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class OrderDetails : JsonSerializerContext
{
    /// <summary>Reads what <see cref="OrderTerms.Details"/> wrote; empty for null.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? details) =>
        details is null ? new Dictionary<string, string>(StringComparer.Ordinal) : JsonSerializer.Deserialize(details, Default.DictionaryStringString)!;
}
