using Tally.Orders;

namespace Tally.ApiV2;

/// <summary>Writes what <c>status</c> tells of one order; a drip-feed parent and a subscription tell more (lifecycle.md sections 5 and 6).</summary>
internal static class OrderJson
{
    public static void Write(ResponseJson json, OrderView order, string currency)
    {
        json.Raw("{\"charge\":"u8);
        json.Money(order.Charge);
        json.Raw(",\"start_count\":"u8);
        json.NumberText(order.StartCount);
        json.Raw(",\"status\":"u8);
        json.Text(order.Status.Word());
        json.Raw(",\"remains\":"u8);
        json.NumberText(order.Remains);
        json.Raw(",\"currency\":"u8);
        json.Text(currency);
        if (order.Family is not null)
        {
            WriteFamily(json, order.Family);
        }

        json.Raw("}"u8);
    }

    private static void WriteFamily(ResponseJson json, OrderFamily family)
    {
        if (family.Runs is { } runs)
        {
            json.Raw(",\"runs\":"u8);
            json.NumberText(runs);
        }

        if (family.IntervalMinutes is { } interval)
        {
            json.Raw(",\"interval\":"u8);
            json.NumberText(interval);
        }

        if (family.Posts is { } posts)
        {
            json.Raw(",\"posts\":"u8);
            json.NumberText(posts);
        }

        if (family.Expiry is not null)
        {
            json.Raw(",\"expiry\":"u8);
            json.Text(family.Expiry);
        }

        json.Raw(",\"orders\":["u8);
        for (var i = 0; i < family.Orders.Count; i++)
        {
            json.Raw(i == 0 ? ""u8 : ","u8);
            json.Number(family.Orders[i]);
        }

        json.Raw("]"u8);
    }
}
