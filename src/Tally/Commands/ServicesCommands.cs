using System.CommandLine;
using System.Globalization;
using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Commands;

/// <summary><c>services …</c>: what the panel sells.</summary>
internal static class ServicesCommands
{
    public static Command Build() => new("services", "What the panel sells")
    {
        ServicesImportCommand.Build(), List(), ServicesSetCommand.Build(), ServicesSyncCommand.Build(), QuarantineCommands.Build(), PriceCommands.Build(), RouteCommands.Build(), Updates(),
    };

    private static Command List() => CommandScope.On("list", "All services", [], async (scope, _, ct) =>
    {
        await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
        var all = scope.Get<Catalog.Catalog>().Current.Services;
        scope.Say(all, all.Select(s => string.Create(
            CultureInfo.InvariantCulture,
            $"{s.Id,6}  {(s.Sold ? "on " : "off")}  {s.Rules.WireName,-24} {s.Rate,12}  {s.Min}–{s.Max}  {(s.ProviderId is { } p ? $"provider {p}" : "manual")}  {s.Name}{NotSold(s)}")));
    });

    private static string NotSold(Service s) => s switch
    {
        { Enabled: false } or { Sold: true } => "",
        { Vanished: true } => "  [not sold: its provider does not list it now]",
        _ => $"  [not sold: below cost, the cheapest route asks {new Money(s.Routes.Min(r => r.ProviderRate!.Value.Units))}]",
    };

    private static Command Updates()
    {
        var count = new Option<int>("--count") { Description = "How many, 1 to 500", DefaultValueFactory = _ => 50 };
        return CommandScope.On("updates", "What has changed in what is sold, newest first, as customers see it", [count], async (scope, parsed, ct) =>
        {
            if (parsed.GetValue(count) is < 1 or > 500)
            {
                throw new InvalidInputException("--count: 1 to 500.");
            }

            var page = await scope.Get<ReadUpdates>().RunAsync(null, parsed.GetValue(count), ct);
            scope.Say(page.Changes, page.Changes.Count == 0 ? ["Nothing has changed yet."] : page.Changes.Select(Line));
        });
    }

    private static string Line(ServiceChange c)
    {
        var values = (c.Was, c.Now) switch
        {
            (null, null) => "",
            (null, var now) => $"  {now}",
            var (was, now) => $"  {was} → {now}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(c.At):yyyy-MM-dd HH:mm}  {c.ServiceId,6}  {c.Kind,-11}{values}  {c.Name}");
    }
}
