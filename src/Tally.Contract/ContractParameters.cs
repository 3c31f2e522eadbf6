namespace Tally.Contract;

/// <summary>The names of all parameters that the contract gives a meaning (api-v2.md sections 1, 3 and 4), without regard to case.</summary>
public static class ContractParameters
{
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "key", "api_token", "action", "order", "orders", "refill", "refills", "order_reference", "request_id",
        "service", "link", "quantity", "runs", "interval", "comments", "keywords", "usernames", "hashtags", "groups", "username", "hashtag", "media",
        "answer_number", "country", "device", "type_of_traffic", "google_keyword", "referring_url", "min", "max", "posts", "old_posts", "delay", "expiry",
    };
}
