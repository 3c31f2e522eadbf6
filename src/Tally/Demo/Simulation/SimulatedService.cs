using System.Globalization;

namespace Tally.Demo;

/// <summary>
/// A service as the simulated provider sells it: its own id, its own rate (per 1,000 or per 1 as the type says, at most 5
/// decimals), and a refill window in simulated days after completion (0 = no limit).
/// </summary>
public sealed record SimulatedService(
    int Id,
    string Name,
    string Description,
    string Type,
    string Category,
    string Platform,
    decimal Rate,
    long Min,
    long Max,
    bool Refill,
    bool Cancel,
    bool DripFeed,
    int RefillDays)
{
    /// <summary>The demo catalogue's service under the provider's id and at its cost, rounded up to 10^-5.</summary>
    internal static SimulatedService From(DemoService service, SimulatedProviderOptions options) => new(
        service.Id + options.ServiceIdOffset,
        service.Name,
        service.Description,
        service.Type,
        service.Category,
        service.Platform,
        Price.Of(decimal.Parse(service.Rate, CultureInfo.InvariantCulture), options.CostPercent, 100),
        service.Min,
        service.Max,
        service.Refill,
        service.Cancel,
        service.DripFeed,
        service.RefillDays);
}
