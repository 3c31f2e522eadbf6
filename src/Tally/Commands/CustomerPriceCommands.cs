using System.CommandLine;
using System.Globalization;
using Tally.Accounts;
using Tally.Catalog;
using Tally.Ledger;

namespace Tally.Commands;

/// <summary><c>services prices customer list|set|clear</c>: what one customer pays instead of the price list.</summary>
internal static class CustomerPriceCommands
{
    private static readonly Argument<string> Email = new("email") { Description = "The customer's e-mail address" };
    private static readonly Option<long?> Service = new("--service") { Description = "One service, by its id" };

    public static Command Build()
    {
        var percent = new Option<decimal?>("--percent") { Description = "On all services without an own rate: -10 is 10 % off; -99 to 1000, at most two decimals" };
        var rate = new Option<string?>("--rate") { Description = "The customer's own rate of --service; never below what its cheapest route asks" };
        var onlyPercent = new Option<bool>("--percent") { Description = "Only the percentage" };
        return new Command("customer", "A customer's own prices: a percentage on all services, or own rates of some")
        {
            CommandScope.On("list", "What a customer pays instead of the price list", [Email], async (scope, parsed, ct) => await SayAsync(scope, parsed.GetValue(Email)!, ct)),
            CommandScope.On("set", "Set the percentage, or the own rate of a service", [Email, percent, Service, rate], async (scope, parsed, ct) =>
            {
                var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
                switch (parsed.GetValue(percent), parsed.GetValue(Service), parsed.GetValue(rate))
                {
                    case ({ } given, null, null):
                        await scope.Get<SetCustomerPrice>().PercentAsync(account.Id, Hundredths(given), "cli", ct);
                        break;
                    case (null, { } service, { } amount):
                        await scope.Get<SetCustomerPrice>().RateAsync(
                            account.Id, service, Money.TryParse(amount, out var own) ? own : throw new InvalidInputException($"--rate: '{amount}' is no amount."), "cli", ct);
                        break;
                    default:
                        throw new InvalidInputException("Give either --percent, or --service and --rate.");
                }

                await SayAsync(scope, account.Email, ct);
            }),
            CommandScope.On("clear", "Take own prices back: all of them, or one", [Email, Service, onlyPercent], async (scope, parsed, ct) =>
            {
                var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
                var cleared = (parsed.GetValue(Service), parsed.GetValue(onlyPercent)) switch
                {
                    (null, false) => scope.Get<SetCustomerPrice>().ClearAsync(account.Id, "cli", ct),
                    (null, true) => scope.Get<SetCustomerPrice>().PercentAsync(account.Id, null, "cli", ct),
                    ({ } service, false) => scope.Get<SetCustomerPrice>().RateAsync(account.Id, service, null, "cli", ct),
                    _ => throw new InvalidInputException("Give --service or --percent, not both."),
                };
                await cleared;
                await SayAsync(scope, account.Email, ct);
            }),
        };
    }

    private static long Hundredths(decimal percent) => percent is > -100_000 and < 100_000 && percent * 100 == decimal.Truncate(percent * 100)
        ? (long)(percent * 100) : throw new InvalidInputException("--percent: from -99 to 1000, with at most two decimals.");

    private static async Task SayAsync(CommandScope scope, string email, CancellationToken ct)
    {
        var account = await scope.Get<AccountBook>().FindAsync(email, ct);
        await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
        await scope.Get<CustomerPrices>().RefreshAsync(ct);
        var (own, services) = (scope.Get<CustomerPrices>().Find(account.Id), scope.Get<Catalog.Catalog>().Current);
        var rates = (own?.Rates ?? new Dictionary<long, OwnRate>()).OrderBy(r => r.Key)
            .Select(r => (Service: services.ById[r.Key], Own: r.Value)).ToList();
        var held = own is null ? 0 : services.Services.Count(s => s.Sold && own.Percent < 0 && own.RateOf(s) == s.KnownCost);
        scope.Say(
            new
            {
                account.Email,
                percent = (own?.Percent ?? 0) / 100m,
                rates = rates.Select(r => new { service = r.Service.Id, rate = r.Own.Rate, per = r.Own.Per, list = r.Service.Rate, cost = r.Service.KnownCost, holds = OwnPrices.Holds(r.Own, r.Service) }),
                atCost = held,
            },
            [
                own is null ? $"{account.Email} pays what the price list says" : string.Create(CultureInfo.InvariantCulture, $"{account.Email}: {own.Percent / 100m:+0.##;-0.##;0} % on all services without an own rate"),
                .. rates.Select(r => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{r.Service.Id,6}  {r.Own.Rate,12} per {r.Own.Per}  (list {r.Service.Rate}){(OwnPrices.Holds(r.Own, r.Service) ? "" : "  [does not hold: the service costs more now, or counts otherwise]")}  {r.Service.Name}")),
                .. held == 0 ? [] : new[] { $"{held} services are sold at cost: the percentage stops there" },
            ]);
    }
}
