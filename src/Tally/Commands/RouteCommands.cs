using System.CommandLine;
using System.Globalization;
using Tally.Catalog;
using Tally.Providers;
using Route = Tally.Catalog.Route;

namespace Tally.Commands;

/// <summary><c>services routes list|add|remove|set</c>: who may deliver a service besides its own provider.</summary>
internal static class RouteCommands
{
    private static readonly Argument<long> Id = new("id") { Description = "The service's id" };
    private static readonly Option<string> Provider = new("--provider") { Description = "The provider", Required = true };
    private static readonly Option<string> There = new("--service") { Description = "The service's id at that provider", Required = true };

    public static Command Build()
    {
        var share = new Option<int>("--share") { Description = "How many orders in a hundred start here whatever the routing says, 0 to 100" };
        var newShare = new Option<int>("--share") { Description = "How many orders in a hundred start here whatever the routing says, 0 to 100", Required = true };
        return new Command("routes", "Who may deliver a service: its own provider first, then the further routes in order")
        {
            CommandScope.On("list", "The routes of a service, in order", [Id], async (scope, parsed, ct) =>
            {
                await scope.Get<ProviderBook>().RefreshAsync(ct);
                await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
                var service = scope.Get<Catalog.Catalog>().Current.ById.GetValueOrDefault(parsed.GetValue(Id)) ?? throw new InvalidInputException($"There is no service {parsed.GetValue(Id)}.");
                Say(scope, service);
            }),
            CommandScope.On("add", "Add a route at the end", [Id, Provider, There, share], (scope, parsed, ct) =>
                ChangeAsync(scope, parsed, (routes, provider, there) => routes.Any(r => IsThis(r, provider, there))
                    ? throw new InvalidInputException($"{provider.Name} {there} is a route already.")
                    : [.. routes, new Route(provider.Id, there, null, parsed.GetValue(share))], ct)),
            CommandScope.On("remove", "Remove a route", [Id, Provider, There], (scope, parsed, ct) =>
                ChangeAsync(scope, parsed, (routes, provider, there) => [.. Known(routes, provider, there).Where(r => !IsThis(r, provider, there))], ct)),
            CommandScope.On("set", "Change a route's share", [Id, Provider, There, newShare], (scope, parsed, ct) =>
                ChangeAsync(scope, parsed, (routes, provider, there) =>
                    [.. Known(routes, provider, there).Select(r => IsThis(r, provider, there) ? r with { Share = parsed.GetValue(newShare) } : r)], ct)),
        };
    }

    private static async Task ChangeAsync(
        CommandScope scope, ParseResult parsed, Func<IEnumerable<Route>, Provider, string, Route[]> change, CancellationToken ct)
    {
        var provider = await scope.Get<ProviderBook>().FindAsync(parsed.GetValue(Provider)!, ct);
        var (_, after) = await scope.Get<SetService>().RunAsync(
            parsed.GetValue(Id), service => service with { FurtherRoutes = [.. change(service.FurtherRoutes, provider, parsed.GetValue(There)!)] }, null, "cli", ct);
        Say(scope, after);
    }

    private static IEnumerable<Route> Known(IEnumerable<Route> routes, Provider provider, string there) => routes.Any(r => IsThis(r, provider, there))
        ? routes : throw new InvalidInputException($"{provider.Name} {there} is none of the further routes.");

    private static bool IsThis(Route route, Provider provider, string there) => (route.ProviderId, route.ProviderService) == (provider.Id, there);

    private static void Say(CommandScope scope, Service service)
    {
        var routes = service.Routes.Select(r => new { provider = scope.Get<ProviderBook>().Current.GetValueOrDefault(r.ProviderId)?.Name, service = r.ProviderService, r.ProviderRate, r.Share }).ToList();
        scope.Say(routes, routes.Count == 0
            ? ["It has no route: it is manual."]
            : routes.Select((r, at) => string.Create(CultureInfo.InvariantCulture, $"{at + 1,3}  {r.provider,-20} {r.service,-10} rate {r.ProviderRate?.ToString() ?? "unknown"}  share {r.Share} %")));
    }
}
