using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tally.Demo;

/// <summary>What reading an <c>add</c> came to.</summary>
internal abstract record DraftReading
{
    private DraftReading() { }

    public sealed record Ready(OrderDraft Draft) : DraftReading;

    public sealed record Refused(Refusal Refusal) : DraftReading;
}

/// <summary>Turns the parameters of an <c>add</c> into a draft, in the order of checks of api-v2.md section 7.</summary>
internal static class DraftReader
{
    // The specification names no limit; the memory of a simulation needs one.
    private const int MaxRuns = 1000;
    private const int DefaultIntervalMinutes = 60;

    private static readonly int[] Delays = [0, 5, 10, 15, 20, 30, 40, 50, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600];

    public static DraftReading Read(SimulatedRequest request, SimulatedService service, SimulatedCatalogue catalogue, SimulatedClock clock)
    {
        var rule = TypeRule.Of(service.Type);
        if (MissingParameter(request, rule) is { } missing)
            return new DraftReading.Refused(Refusal.Incorrect(missing));
        var link = request["link"] ?? "";
        if (rule.NeedsLink && !IsLink(link))
            return new DraftReading.Refused(Refusal.BadLink);
        var script = catalogue.ScriptFor(service.Id, link);
        if (script.Refusal is { } text)
            return new DraftReading.Refused(Refusal.Scripted(text));
        if (!rule.MayDripFeed && WireValues.Number(request["runs"]) >= 2)
            return new DraftReading.Refused(Refusal.DripFeedDisabled);

        var draft = new OrderDraft(service, link, 0, 0, script);
        return rule.Quantity switch
        {
            QuantitySource.Posts => ReadSubscription(request, draft, clock),
            QuantitySource.One => new DraftReading.Ready(draft with { Quantity = 1, Cost = Price.Of(service.Rate, 1, rule.PricePer) }),
            QuantitySource.Lines => ReadRuns(request, draft, rule, Items(request, rule.Lists[0]).Length),
            _ => WireValues.Number(request["quantity"]) is { } quantity
                ? ReadRuns(request, draft, rule, quantity)
                : new DraftReading.Refused(Refusal.Incorrect("quantity")),
        };
    }

    /// <summary>
    /// A digest of the parameters that this type uses: two requests with the same fingerprint ask for the same order.
    /// </summary>
    public static string Fingerprint(SimulatedRequest request, string type)
    {
        var rule = TypeRule.Of(type);
        IEnumerable<string> used = ["service", .. rule.Words, .. rule.NeedsLink ? ["link"] : (string[])["min", "max", "posts", "old_posts", "delay", "expiry"]];
        if (rule.Quantity == QuantitySource.Given)
            used = used.Append("quantity");
        if (string.Equals(type, "Web Traffic", StringComparison.OrdinalIgnoreCase))
            used = used.Concat(["google_keyword", "referring_url"]);
        if (rule.MayDripFeed && WireValues.Number(request["runs"]) >= 2)
            used = used.Concat(["runs", "interval"]);
        var words = used.Select(name => $"{name}={Canonical(request[name])}");
        var lists = rule.Lists.Select(name => $"{name}={string.Join('\n', Items(request, name))}");
        var canonical = string.Join('\u001f', words.Concat(lists));

        // A list of comments may fill a mebibyte, and the order remembers its fingerprint.
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    private static string Canonical(string? value) =>
        value is null ? "" : WireValues.Number(value) is { } number ? number.ToString(CultureInfo.InvariantCulture) : value;

    private static string? MissingParameter(SimulatedRequest request, TypeRule rule)
    {
        var missing = rule.Words.FirstOrDefault(name => request[name] is null) ?? rule.Lists.FirstOrDefault(name => Items(request, name).Length == 0);
        if (missing is not null || !string.Equals(rule.Name, "Web Traffic", StringComparison.Ordinal))
            return missing;

        // The numbers are what most panels' forms send: 1 = from a Google search, 2 = from another site.
        var source = request["type_of_traffic"]!;
        if ((source is "1" || source.Contains("google", StringComparison.OrdinalIgnoreCase)) && request["google_keyword"] is null)
            return "google_keyword";
        return (source is "2" || source.Contains("referr", StringComparison.OrdinalIgnoreCase)) && request["referring_url"] is null ? "referring_url" : null;
    }

    private static string[] Items(SimulatedRequest request, string list) =>
        list == "keywords" ? WireValues.LinesOrCommas(request[list]) : WireValues.Lines(request[list]);

    // Handles are allowed everywhere: which services take them is each panel's own setting.
    private static bool IsLink(string link) =>
        (link.Length > 1 && link[0] == '@')
        || (Uri.TryCreate(link, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps));

    private static DraftReading ReadRuns(SimulatedRequest request, OrderDraft draft, TypeRule rule, long perRun)
    {
        if (!TryOptional(request, "runs", 0, out var runs) || runs > MaxRuns)
            return new DraftReading.Refused(Refusal.Incorrect("runs"));
        if (!TryOptional(request, "interval", DefaultIntervalMinutes, out var interval) || interval > int.MaxValue)
            return new DraftReading.Refused(Refusal.Incorrect("interval"));
        if (runs >= 2 && !draft.Service.DripFeed)
            return new DraftReading.Refused(Refusal.DripFeedDisabled);
        if (perRun < draft.Service.Min)
            return new DraftReading.Refused(Refusal.LessThanMin(draft.Service.Min));
        if (perRun > draft.Service.Max)
            return new DraftReading.Refused(Refusal.MoreThanMax(draft.Service.Max));

        var quantity = perRun * Math.Max(runs, 1);
        return new DraftReading.Ready(draft with
        {
            Quantity = quantity,
            Cost = Price.Of(draft.Service.Rate, quantity, rule.PricePer),
            Drip = runs >= 2 ? new DripPlan((int)runs, interval, perRun) : null,
        });
    }

    private static DraftReading ReadSubscription(SimulatedRequest request, OrderDraft draft, SimulatedClock clock)
    {
        if (WireValues.Number(request["min"]) is not { } min)
            return new DraftReading.Refused(Refusal.Incorrect("min"));
        if (WireValues.Number(request["max"]) is not { } max || max < min)
            return new DraftReading.Refused(Refusal.Incorrect("max"));
        if (!TryOptional(request, "posts", 0, out var posts) || posts > MaxRuns)
            return new DraftReading.Refused(Refusal.Incorrect("posts"));
        if (!TryOptional(request, "old_posts", 0, out var oldPosts) || oldPosts > MaxRuns)
            return new DraftReading.Refused(Refusal.Incorrect("old_posts"));
        if (WireValues.Number(request["delay"]) is not { } delay || !Delays.Any(allowed => allowed == delay))
            return new DraftReading.Refused(Refusal.Incorrect("delay"));
        var day = DateOnly.MaxValue;
        if (request["expiry"] is { } expiry && !DateOnly.TryParseExact(expiry, "d/M/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            return new DraftReading.Refused(Refusal.Incorrect("expiry"));
        if (min < draft.Service.Min)
            return new DraftReading.Refused(Refusal.LessThanMin(draft.Service.Min));
        if (max > draft.Service.Max)
            return new DraftReading.Refused(Refusal.MoreThanMax(draft.Service.Max));

        var expiresAt = day == DateOnly.MaxValue ? long.MaxValue : clock.EndOf(day);
        return new DraftReading.Ready(draft with
        {
            Subscription = new SubscriptionPlan(min, max, (int)posts, (int)oldPosts, (int)delay, request["expiry"] ?? "", expiresAt),
        });
    }

    private static bool TryOptional(SimulatedRequest request, string name, long otherwise, out long value)
    {
        value = WireValues.Number(request[name]) ?? otherwise;
        return request[name] is null || WireValues.Number(request[name]) is not null;
    }
}
