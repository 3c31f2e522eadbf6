using System.Globalization;
using Tally.Catalog;

namespace Tally.Browser.Tests;

/// <summary>What one fills in for an order of the smallest size, by the service's type.</summary>
public static class OrderFields
{
    public static (string Name, string Value)[] Of(Service service)
    {
        var rules = service.Rules;
        var fields = rules.Own.Where(p => p.Required).Select(p => (p.Name, Value: Value(p.Name, service))).ToList();
        if (rules.NeedsLink)
        {
            fields.Insert(0, ("link", $"https://example.com/tally/{service.Id}"));
        }

        if (rules.Quantity == QuantitySource.Parameter)
        {
            fields.Add(("quantity", Number(Math.Max(service.Min, 1))));
        }

        return [.. fields];
    }

    private static string Value(string name, Service service) => name switch
    {
        "keywords" => "bảng giá smm",
        "comments" => Lines(service.Rules.Quantity == QuantitySource.Comments ? service.Min : 2, n => $"Bình luận số {n} 👍"),
        "usernames" => Lines(service.Rules.Quantity == QuantitySource.Usernames ? service.Min : 2, n => $"tally.viet{n}"),
        "hashtags" => "#tally\n#viet",
        "hashtag" => "tally",
        "username" => "tally.viet",
        "media" => "https://example.com/p/tally",
        "answer_number" => "2",
        "groups" => "https://example.com/groups/tally",
        "country" => "VN",
        "device" => "1",
        "type_of_traffic" => "3", // direct: the two others want a keyword or an address besides
        "min" or "max" => Number(Math.Max(service.Min, 1)),
        "delay" => "0",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "A parameter that these tests do not know yet."),
    };

    private static string Lines(long count, Func<long, string> line) => string.Join('\n', Enumerable.Range(1, (int)Math.Max(count, 1)).Select(n => line(n)));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
