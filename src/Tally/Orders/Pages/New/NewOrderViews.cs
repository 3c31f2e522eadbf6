using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tally.Billing;
using Tally.Catalog;
using Tally.Ui;

namespace Tally.Orders.Pages.New;

/// <summary>What of the picker is asked for in the address.</summary>
internal sealed record PickerAsked(string? Platform = null, string? Category = null, string? Search = null, bool Favourites = false);

/// <summary>Puts together what the page of a new order shows: the picker, the service at the customer's price, the balance.</summary>
internal sealed class NewOrderViews(
    Catalog.Catalog catalog, BrowseServices browse, CustomerPrices prices, Favourites favourites, CompletionTimes times, ReadBalance balances, QuoteOrder quote, Visitor visitor)
{
    /// <summary>More services than this are searched for instead of listed.</summary>
    public const int MostListed = 100;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The page for what stands in the form.</summary>
    public async Task<NewOrderView> MakeAsync(OrderValues values, PickerAsked asked, CancellationToken ct)
    {
        var listed = Chosen(values);
        return new NewOrderView
        {
            Listed = listed,
            Service = listed is null ? null : prices.Of(visitor.Account, listed),
            Gone = listed is null && values["service"].Length > 0,
            Time = listed is null ? null : times.Of(listed.Id),
            Picker = await PickerAsync(listed, asked, ct),
            Values = values,
            Balance = await balances.RunAsync(visitor.Account, ct),
            Charge = listed is null ? null : quote.Run(visitor.Account, values.Parameters(null)),
        };
    }

    /// <summary>The page again with what is wrong. The reference stays the form's own, but for one that another order has: that form gets a new one, to be able to order anew.</summary>
    public async Task<NewOrderView> RefusedAsync(OrderValues values, string reference, Refusal refusal, CancellationToken ct)
    {
        var view = await MakeAsync(values, new PickerAsked(), ct);
        return view with
        {
            Problem = OrderProblem.Of(refusal, view.Service, visitor),
            Reference = reference.Length == 0 || refusal.Code == Refusal.ReferenceConflict(0).Code ? view.Reference : reference,
        };
    }

    /// <summary>All services as the browser's search wants them: <c>{"c":[[category, platform]…],"s":[[id, name, category's index, rate as shown]…]}</c>.</summary>
    public byte[] List()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            var categories = browse.Platforms.SelectMany(p => p.Categories.Select(c => (Platform: p.Name, Category: c))).ToList();
            json.WriteStartObject();
            json.WriteStartArray("c");
            foreach (var (platform, category) in categories)
            {
                json.WriteStartArray();
                json.WriteStringValue(category.Name);
                json.WriteStringValue(platform);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("s");
            foreach (var (service, index) in categories.SelectMany((c, index) => c.Category.Services.Select(s => (s, index))))
            {
                json.WriteStartArray();
                json.WriteNumberValue(service.Id);
                json.WriteStringValue(service.Name);
                json.WriteNumberValue(index);
                json.WriteStringValue(visitor.Formats.Amount(prices.Of(visitor.Account, service).Rate));
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private Service? Chosen(OrderValues values) =>
        OrderTerms.TryReadNumber(values["service"], out var id) && catalog.Current.ById.TryGetValue(id, out var service) && service.Sold ? service : null;

    private async Task<Picker> PickerAsync(Service? chosen, PickerAsked asked, CancellationToken ct)
    {
        var platforms = browse.Platforms;
        var listUrl = string.Create(
            CultureInfo.InvariantCulture, $"/orders/new/list?v={catalog.Current.Version}.{prices.Seen}.{visitor.Account}.{visitor.Words.Language}.{visitor.Formats.Currency}");
        if (!string.IsNullOrWhiteSpace(asked.Search) || asked.Favourites)
        {
            var among = asked.Favourites ? await favourites.ReadAsync(visitor.Account, ct) : null;
            var found = browse.Run(new ServicesWanted(Search: asked.Search, Among: among), null, MostListed);
            return new Picker(platforms, null, null, Own(found.Services), found.Found, asked.Search, asked.Favourites, listUrl);
        }

        var platform = platforms.FirstOrDefault(p => p.Name == (chosen?.Platform ?? asked.Platform)) ?? (platforms.Count == 1 ? platforms[0] : null);
        var category = platform?.Categories.FirstOrDefault(c => c.Name == (chosen?.Category ?? asked.Category)) ?? (platform?.Categories.Count == 1 ? platform.Categories[0] : null);
        var services = category?.Services ?? [];

        // The chosen one is among those that are listed, however long the category is.
        var shown = services.Take(MostListed).Concat(services.Skip(MostListed).Where(s => s.Id == chosen?.Id)).ToList();
        return new Picker(platforms, platform, category, Own(shown), services.Count, null, false, listUrl);
    }

    private IReadOnlyList<Service> Own(IReadOnlyList<Service> services) => [.. services.Select(s => prices.Of(visitor.Account, s))];
}
