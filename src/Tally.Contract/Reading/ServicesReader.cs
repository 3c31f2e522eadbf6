using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>The answer to <c>services</c>: an array, an object whose values are the services (PHP's array with a gap), or either inside another object.</summary>
internal static class ServicesReader
{
    public static ApiResult<ServiceList> Read(JsonElement root, Answer answer)
    {
        var list = root.Find("services", "data") is { ValueKind: JsonValueKind.Array or JsonValueKind.Object } inner ? inner : root;
        var entries = list.ValueKind switch
        {
            JsonValueKind.Array => list.EnumerateArray().ToList(),
            JsonValueKind.Object => [.. list.EnumerateObject().Select(p => p.Value).Where(v => v.Find("service") is not null)],
            _ => [],
        };

        var services = new List<ServiceInfo>(entries.Count);
        var unreadable = new List<UnreadableService>();
        foreach (var entry in entries)
        {
            var service = WireValue.Id(entry.Find("service", "id"));
            if (ReadOne(entry, service, answer, out var wrong) is { } read)
            {
                services.Add(read);
            }
            else
            {
                unreadable.Add(new UnreadableService(services.Count + unreadable.Count, service, wrong));
            }
        }

        // Only [] is a panel without services; a list of which nothing can be read is not one.
        var isEmptyList = list.ValueKind == JsonValueKind.Array && entries.Count == 0;
        return services.Count > 0 || isEmptyList
            ? new ApiResult<ServiceList>.Answered(new ServiceList(services, unreadable))
            : answer.Unclear<ServiceList>(UnclearReason.Unreadable, "No list of services. " + answer.Quote(root));
    }

    private static ServiceInfo? ReadOne(JsonElement entry, string? service, Answer answer, out string wrong)
    {
        decimal? rate = null;
        long? min = null, max = null;
        wrong = service is null ? "service"
            : !WireValue.TryAmount(entry.Find("rate"), out rate) || rate is null ? "rate"
            : !WireValue.TryCount(entry.Find("min"), out min) ? "min"
            : !WireValue.TryCount(entry.Find("max"), out max) ? "max"
            : "";
        if (wrong.Length > 0)
        {
            wrong = $"'{wrong}' cannot be read. {answer.Quote(entry)}";
            return null;
        }

        return new ServiceInfo
        {
            Service = service!,
            Name = WireValue.Text(entry.Find("name")) ?? "",
            Description = WireValue.Text(entry.Find("desc", "description")),
            Type = WireValue.Text(entry.Find("type"))?.Trim() ?? "",
            Category = WireValue.Text(entry.Find("category")) ?? "",
            Platform = WireValue.Text(entry.Find("platform")),
            Rate = rate!.Value,
            Min = min,
            Max = max,
            Refill = WireValue.IsYes(entry.Find("refill")),
            Cancel = WireValue.IsYes(entry.Find("cancel")),
            DripFeed = WireValue.IsYes(entry.Find("dripfeed", "drip_feed", "drip-feed")),
        };
    }
}
