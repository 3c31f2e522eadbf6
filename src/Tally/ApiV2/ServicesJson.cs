using Tally.Catalog;

namespace Tally.ApiV2;

/// <summary>Writes the answer to <c>services</c>: those that are sold, with the twelve keys of api-v2.md section 3 in their order.</summary>
internal static class ServicesJson
{
    /// <summary>The list may have megabytes, and a buffer that grows to it leaves as much again in the pool, for good: what is written is put by in pieces of about so many bytes.</summary>
    private const int Piece = 32 * 1024;

    /// <param name="services">The services.</param>
    /// <param name="own">The customer's own prices; null = the price list.</param>
    public static byte[] Write(IEnumerable<Service> services, OwnPrices? own = null)
    {
        using var json = new ResponseJson();
        var pieces = new List<byte[]>();
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
            if (json.Written.Length >= Piece)
            {
                pieces.Add(json.Written.ToArray());
                json.Clear();
            }
        }

        json.Raw("]"u8);
        pieces.Add(json.Written.ToArray());
        return Joined(pieces);
    }

    private static byte[] Joined(List<byte[]> pieces)
    {
        var all = new byte[pieces.Sum(p => p.Length)];
        var rest = all.AsSpan();
        foreach (var piece in pieces)
        {
            piece.CopyTo(rest);
            rest = rest[piece.Length..];
        }

        return all;
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
