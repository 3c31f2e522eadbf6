using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tally.Catalog;

namespace Tally.Orders;

/// <summary>
/// What a customer asked for, read by the rules of one service type (api-v2.md section 4): values in their canonical form, without regard to what the
/// service allows or costs. Two requests are the same exactly when their <see cref="Hash"/> is.
/// </summary>
public sealed class OrderTerms
{
    /// <summary>The longest reference, in Unicode code points.</summary>
    public const int LongestReference = 100;

    private const int LongestText = 1_000, MostRuns = 1_000, LongestIntervalMinutes = 44_640, DefaultIntervalMinutes = 60;
    private static readonly int[] Delays = [0, 5, 10, 15, 20, 30, 40, 50, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600];

    /// <summary>The delays in minutes that a subscription may have (api-v2.md section 4), rising.</summary>
    public static IReadOnlyList<int> DelaysMinutes => Delays;

    private OrderTerms(ServiceType type, string link, long quantity, int runs, int intervalMinutes, IReadOnlyList<KeyValuePair<string, string>> own, string? reference, string hash)
    {
        (Type, Link, Quantity, Runs, IntervalMinutes, Own, Reference, Hash) = (type, link, quantity, runs, intervalMinutes, own, reference, hash);
    }

    public ServiceType Type { get; }

    /// <summary>As sent, trimmed; empty when it was not sent or the type does not use it. Not judged yet.</summary>
    public string Link { get; }

    /// <summary>The quantity of one run; what is beyond 2^63−1 counts as that.</summary>
    public long Quantity { get; }

    /// <summary>2 or more for a drip-feed, else 0.</summary>
    public int Runs { get; }

    /// <summary>Minutes between two runs of a drip-feed, else 0.</summary>
    public int IntervalMinutes { get; }

    /// <summary>The type's own parameters that were sent, in the order of the table.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Own { get; }

    /// <summary>The customer's reference, or null.</summary>
    public string? Reference { get; }

    /// <summary>The parameters that count, hashed (SHA-256, base64).</summary>
    public string Hash { get; }

    /// <summary>One of <see cref="Own"/> as a number, or 0.</summary>
    public long OwnNumber(string name) => Own.FirstOrDefault(o => o.Key == name).Value is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>One of <see cref="Own"/>, or empty.</summary>
    public string OwnText(string name) => Own.FirstOrDefault(o => o.Key == name).Value ?? "";

    /// <summary>The type's own parameters as a JSON object, for the store; null when the type has none.</summary>
    public string? Details() => Own.Count == 0 ? null : JsonSerializer.Serialize(Own.ToDictionary(o => o.Key, o => o.Value, StringComparer.Ordinal), OrderDetails.Default.DictionaryStringString);

    /// <summary>Reads the parameters by the type's rules.</summary>
    /// <returns>The terms, or the first thing that is wrong with them.</returns>
    public static bool TryRead(TypeRules rules, OrderParameters sent, [NotNullWhen(true)] out OrderTerms? terms, [NotNullWhen(false)] out Refusal? refusal)
    {
        terms = null;
        if (!TryReadReference(sent.Reference, out var reference, out refusal) || !TryReadQuantity(rules, sent, out var quantity, out refusal)
            || !TryReadRuns(sent, out var runs, out var interval, out refusal))
        {
            return false;
        }

        var own = new List<KeyValuePair<string, string>>(rules.Own.Length);
        foreach (var parameter in rules.Own)
        {
            if (!TryReadOwn(parameter, sent.Own(parameter.Name), out var value, out var count, out refusal))
            {
                return false;
            }

            if (value is not null)
            {
                own.Add(new(parameter.Name, value));
            }

            if ((rules.Quantity == QuantitySource.Comments && parameter.Name == "comments") || (rules.Quantity == QuantitySource.Usernames && parameter.Name == "usernames"))
            {
                quantity = count;
            }
        }

        if (rules.Type == ServiceType.WebTraffic && !TrafficHasItsSource(own, out refusal))
        {
            return false;
        }

        var link = rules.NeedsLink ? sent.Link?.Trim() ?? "" : "";
        var hash = HashOf(rules.Type, sent.Service, link, rules.Quantity == QuantitySource.Parameter ? quantity : 0, runs, interval, own);
        terms = new OrderTerms(rules.Type, link, quantity, runs, interval, own, reference, hash);
        return true;
    }

    /// <summary>Reads a whole number by the contract: ASCII digits, surrounding spaces trimmed, leading zeros allowed; beyond 2^63−1 it counts as that.</summary>
    public static bool TryReadNumber(string? text, out long number)
    {
        number = 0;
        var digits = text.AsSpan().Trim(' ');
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var next = ((Int128)number * 10) + (digit - '0');
            number = next > long.MaxValue ? long.MaxValue : (long)next;
        }

        return true;
    }

    /// <summary>Reads a reference: absent when empty, at most 100 code points.</summary>
    public static bool TryReadReference(string? text, out string? reference, [NotNullWhen(false)] out Refusal? refusal)
    {
        (reference, refusal) = (string.IsNullOrEmpty(text) ? null : text, null);
        if (reference is not null && reference.EnumerateRunes().Take(LongestReference + 1).Count() > LongestReference)
        {
            refusal = Refusal.IncorrectRequest($"order_reference: at most {LongestReference} characters");
        }

        return refusal is null;
    }

    private static bool TryReadQuantity(TypeRules rules, OrderParameters sent, out long quantity, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        quantity = rules.Quantity == QuantitySource.One ? 1 : 0;
        if (rules.Quantity == QuantitySource.Parameter && !TryReadNumber(sent.Quantity, out quantity))
        {
            refusal = Wrong("quantity", sent.Quantity, "a whole number");
        }

        return refusal is null;
    }

    private static bool TryReadRuns(OrderParameters sent, out int runs, out int interval, [NotNullWhen(false)] out Refusal? refusal)
    {
        (runs, interval, refusal) = (0, 0, null);
        if (string.IsNullOrWhiteSpace(sent.Runs))
        {
            return true;
        }

        if (!TryReadNumber(sent.Runs, out var asked) || asked > MostRuns)
        {
            refusal = Refusal.IncorrectRequest($"runs: a whole number, at most {MostRuns}");
            return false;
        }

        if (asked < 2)
        {
            return true;
        }

        long minutes = DefaultIntervalMinutes;
        if (!string.IsNullOrWhiteSpace(sent.Interval) && (!TryReadNumber(sent.Interval, out minutes) || minutes is < 1 or > LongestIntervalMinutes))
        {
            refusal = Refusal.IncorrectRequest($"interval: minutes, 1 to {LongestIntervalMinutes}");
            return false;
        }

        (runs, interval) = ((int)asked, (int)minutes);
        return true;
    }

    private static bool TryReadOwn(TypeParameter parameter, string? sent, out string? value, out long count, [NotNullWhen(false)] out Refusal? refusal)
    {
        (value, count, refusal) = (null, 0, null);
        if (string.IsNullOrWhiteSpace(sent))
        {
            refusal = parameter.Required ? Wrong(parameter.Name, sent, "") : null;
            return refusal is null;
        }

        var text = sent.Trim();
        switch (parameter.Kind)
        {
            case ParameterKind.Text:
                value = text;
                refusal = text.Length <= LongestText ? null : Refusal.IncorrectRequest($"{parameter.Name}: at most {LongestText} characters");
                break;
            case ParameterKind.Lines or ParameterKind.LinesOrCommas:
                value = CanonicalLines(text, parameter.Kind == ParameterKind.LinesOrCommas, out count);
                refusal = count > 0 ? null : Wrong(parameter.Name, null, "");
                break;
            case ParameterKind.Number when TryReadNumber(text, out var number):
                value = number.ToString(CultureInfo.InvariantCulture);
                break;
            case ParameterKind.Delay when TryReadNumber(text, out var delay) && delay <= 600 && Array.IndexOf(Delays, (int)delay) >= 0:
                value = delay.ToString(CultureInfo.InvariantCulture);
                break;
            case ParameterKind.Date when DateOnly.TryParseExact(text, ["d/M/yyyy", "dd/MM/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                value = date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
                break;
            default:
                refusal = Wrong(parameter.Name, text, parameter.Kind switch
                {
                    ParameterKind.Delay => "one of " + string.Join(' ', Delays) + " (minutes)",
                    ParameterKind.Date => "a date as day/month/year",
                    _ => "a whole number",
                });
                break;
        }

        return refusal is null;
    }

    private static string CanonicalLines(string text, bool commas, out long count)
    {
        count = 0;
        var lines = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = commas ? rest.IndexOfAny('\r', '\n', ',') : rest.IndexOfAny('\r', '\n');
            var line = (end < 0 ? rest : rest[..end]).Trim();
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            if (count++ > 0)
            {
                lines.Append('\n');
            }

            lines.Append(line);
        }

        return lines.ToString();
    }

    // The field's usual numbers: 1 = from a Google keyword, 2 = from a referring page, 3 = blank.
    private static bool TrafficHasItsSource(List<KeyValuePair<string, string>> own, [NotNullWhen(false)] out Refusal? refusal)
    {
        var wanted = own.Find(o => o.Key == "type_of_traffic").Value switch { "1" => "google_keyword", "2" => "referring_url", _ => null };
        refusal = wanted is null || own.Exists(o => o.Key == wanted) ? null : Refusal.IncorrectRequest($"{wanted}: required for this type_of_traffic");
        return refusal is null;
    }

    private static Refusal Wrong(string name, string? sent, string expected) =>
        Refusal.IncorrectRequest(string.IsNullOrWhiteSpace(sent) ? $"{name}: required" : $"{name}: expected {expected}");

    private static string HashOf(ServiceType type, string? service, string link, long quantity, int runs, int interval, List<KeyValuePair<string, string>> own)
    {
        _ = TryReadNumber(service, out var id);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, string.Create(CultureInfo.InvariantCulture, $"{(int)type}|{id}|{quantity}|{runs}|{interval}"));
        Append(hash, link);
        foreach (var (name, value) in own)
        {
            Append(hash, name);
            Append(hash, value);
        }

        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    // Each part with its length in front, so that no two lists of parts read the same.
    private static void Append(IncrementalHash hash, string part)
    {
        hash.AppendData(BitConverter.GetBytes(part.Length));
        hash.AppendData(Encoding.UTF8.GetBytes(part));
    }
}
