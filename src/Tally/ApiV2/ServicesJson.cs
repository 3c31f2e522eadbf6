using Tally.Catalog;

namespace Tally.ApiV2;

/// <summary>Writes the answer to <c>services</c>: those that are sold, with the twelve keys of api-v2.md section 3 in their order.</summary>
internal static class ServicesJson
{
    /// <param name="services">The services.</param>
    /// <param name="own">The customer's own prices; null = the price list.</param>
    public static byte[] Write(IEnumerable<Service> services, OwnPrices? own = null)
    {
        using var json = new ResponseJson();
        json.Raw("["u8);
        var first = true;
        foreach (var service in services.Where(s => s.Sold))
        {
            if (!first)
            {
                json.Raw(","u8);
            }

            first = false;
            Write(json, own?.Of(service) ?? service);
        }

        json.Raw("]"u8);
        return json.Written.ToArray();
    }

    private static void Write(ResponseJson json, Service service)
    {
        json.Raw("{\"service\":"u8);
        json.Number(service.Id);
        json.Raw(",\"name\":"u8);
        json.Text(service.Name);
        json.Raw(",\"desc\":"u8);
        json.Text(service.Description);
        json.Raw(",\"type\":"u8);
        json.Text(service.Rules.WireName);
        json.Raw(",\"category\":"u8);
        json.Text(service.Category);
        json.Raw(",\"platform\":"u8);
        json.Text(service.Platform);
        json.Raw(",\"rate\":"u8);
        json.Money(service.Rate);
        json.Raw(",\"min\":"u8);
        json.NumberText(service.Min);
        json.Raw(",\"max\":"u8);
        json.NumberText(service.Max);
        json.Raw(",\"refill\":"u8);
        json.Flag(service.Refill);
        json.Raw(",\"cancel\":"u8);
        json.Flag(service.Cancel);
        json.Raw(",\"dripfeed\":"u8);
        json.Flag(service.Dripfeed);
        json.Raw("}"u8);
    }
}
