using System.Text;
using Tally.Catalog;

namespace Tally.ApiV2.Pages;

/// <summary>A request that a customer has filled in on the page where one tries the API.</summary>
/// <param name="Doc">What is asked.</param>
/// <param name="Type">For <c>add</c>: which fields are offered.</param>
/// <param name="Values">What stands in the fields, by name.</param>
public sealed record TryRequest(ActionDoc Doc, TypeRules Type, IReadOnlyDictionary<string, string> Values)
{
    private const int LongestValue = 100_000;

    /// <summary>The fields, in the order of the documentation.</summary>
    public IReadOnlyList<ParameterDoc> Fields => Doc.Action == "add" ? Reference.Add(Type) : Doc.Parameters;

    /// <summary>From the address's query, with empty fields but for a fresh reference, so that a reload after an order does not order again.</summary>
    public static TryRequest Empty(string? action, string? type, string? order) => new(
        DocOf(action), Reference.TypeOf(type),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["order_reference"] = "try-" + Guid.NewGuid().ToString("N")[..12], ["order"] = order ?? "", ["orders"] = order ?? "" });

    /// <summary>From the form.</summary>
    public static TryRequest Read(IFormCollection form)
    {
        var empty = new TryRequest(DocOf(form["do"]), Reference.TypeOf(form["type"]), new Dictionary<string, string>(StringComparer.Ordinal));
        return empty with
        {
            Values = empty.Fields.ToDictionary(f => f.Name, f => form[f.Name].ToString() is { Length: <= LongestValue } value ? value.Trim() : "", StringComparer.Ordinal),
        };
    }

    public string Value(string name) => Values.GetValueOrDefault(name, "");

    /// <summary>The same as a line for a shell, with a placeholder for the key; empty fields are left out.</summary>
    public string Curl(string address)
    {
        var curl = new StringBuilder("curl ").Append(address).Append(" \\\n  -d key=YOUR_API_KEY \\\n  -d action=").Append(Doc.Action);
        foreach (var field in Fields.Where(f => Value(f.Name).Length > 0))
        {
            var value = Value(field.Name).ReplaceLineEndings("\n").Replace("'", "'\\''", StringComparison.Ordinal);
            curl.Append(" \\\n  --data-urlencode '").Append(field.Name).Append('=').Append(value).Append('\'');
        }

        return curl.ToString();
    }

    internal RequestParameters Parameters()
    {
        var parameters = new RequestParameters();
        parameters.Set(Parameter.Action, Doc.Action);
        foreach (var field in Fields.Where(f => Value(f.Name).Length > 0))
        {
            if (!ParameterNames.TryFind(field.Name, out var parameter))
            {
                throw new InvalidOperationException($"The page offers '{field.Name}', which API v2 does not read.");
            }

            parameters.Set(parameter, Value(field.Name));
        }

        return parameters;
    }

    private static ActionDoc DocOf(string? id) => Reference.Actions.FirstOrDefault(a => a.Id == id) ?? Reference.Actions.Single(a => a.Id == "balance");
}
