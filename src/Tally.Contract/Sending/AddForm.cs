using System.Globalization;

namespace Tally.Contract.Sending;

/// <summary>The wire names of <see cref="AddOrder"/> (api-v2.md section 4).</summary>
internal static class AddForm
{
    public static Form Of(string key, AddOrder order) => new Form(key, "add")
        .Write("service", order.Service)
        .Write("link", order.Link)
        .Write("quantity", order.Quantity)
        .Write("runs", order.Runs)
        .Write("interval", order.Interval)
        .Write("comments", order.Comments)
        .Write("keywords", order.Keywords)
        .Write("usernames", order.Usernames)
        .Write("hashtags", order.Hashtags)
        .Write("groups", order.Groups)
        .Write("username", order.Username)
        .Write("hashtag", order.Hashtag)
        .Write("media", order.Media)
        .Write("answer_number", order.AnswerNumber)
        .Write("country", order.Country)
        .Write("device", order.Device)
        .Write("type_of_traffic", order.TypeOfTraffic)
        .Write("google_keyword", order.GoogleKeyword)
        .Write("referring_url", order.ReferringUrl)
        .Write("min", order.Min)
        .Write("max", order.Max)
        .Write("posts", order.Posts)
        .Write("old_posts", order.OldPosts)
        .Write("delay", order.Delay)
        .Write("expiry", order.Expiry?.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture))
        .Write("order_reference", order.OrderReference)
        .WriteExtra(order.Extra);
}
