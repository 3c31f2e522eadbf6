namespace Tally.Demo;

/// <summary>The actions of API v2, section 3; a list form is the same action as its single form.</summary>
public enum SimulatedAction
{
    /// <summary>Missing, or a word the API does not know.</summary>
    Unknown,
    Services,
    Add,
    Status,
    Cancel,
    Refill,
    RefillStatus,
    Balance,
}

/// <summary>A call as it arrived: the action, the key, and all other parameters (names without regard to case).</summary>
internal sealed record SimulatedRequest(SimulatedAction Action, string? Key, IReadOnlyDictionary<string, string> Parameters)
{
    private static readonly string[] KeyNames = ["key", "api_token"];
    private static readonly string[] ReferenceNames = ["order_reference", "request_id", "idempotency-key"];

    /// <summary>A parameter's value, trimmed; null when absent or blank.</summary>
    public string? this[string name] => Parameters.TryGetValue(name, out var value) && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    public string? Reference => ReferenceNames.Select(name => this[name]).FirstOrDefault(value => value is not null);

    /// <summary>
    /// Reads form fields (urlencoded or multipart) over query parameters.
    /// </summary>
    /// <exception cref="InvalidDataException">The form is malformed or has too many fields.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large or ends early.</exception>
    public static async Task<SimulatedRequest> ReadAsync(HttpRequest http)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Query)
            fields[name] = value.ToString();
        if (http.HasFormContentType)
        {
            foreach (var (name, value) in await http.ReadFormAsync())
                fields[name] = value.ToString();
        }

        if (http.Headers.TryGetValue("Idempotency-Key", out var reference))
            _ = fields.TryAdd("idempotency-key", reference.ToString());

        var key = TakeOut(fields, KeyNames) ?? Bearer(http);
        var action = TakeOut(fields, ["action"]);
        return new SimulatedRequest(ActionOf(action, fields), key, fields);
    }

    private static SimulatedAction ActionOf(string? word, Dictionary<string, string> fields) => word?.Trim().ToUpperInvariant() switch
    {
        "SERVICES" => SimulatedAction.Services,
        "ADD" => SimulatedAction.Add,
        "STATUS" or "ORDERS" or "MULTI_STATUS" => SimulatedAction.Status,
        "CANCEL" => SimulatedAction.Cancel,
        "REFILL" => SimulatedAction.Refill,
        "REFILL_STATUS" => SimulatedAction.RefillStatus,
        "BALANCE" => SimulatedAction.Balance,
        null or "" when fields.ContainsKey("refill") || fields.ContainsKey("refills") => SimulatedAction.RefillStatus,
        _ => SimulatedAction.Unknown,
    };

    private static string? TakeOut(Dictionary<string, string> fields, string[] names)
    {
        string? found = null;
        foreach (var name in names)
        {
            if (fields.Remove(name, out var value))
                found ??= value;
        }

        return found;
    }

    private static string? Bearer(HttpRequest http)
    {
        const string scheme = "Bearer ";
        var header = http.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }
}
