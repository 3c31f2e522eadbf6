using Tally.Billing.Gateways;
using Tally.Settings;

namespace Tally.Billing;

/// <summary>A gateway with what is set for it.</summary>
public sealed record ListedGateway(IGateway Gateway, GatewayValues Values, GatewayOffer Offer);

/// <summary>All gateways: what is set, and what they offer to customers with it.</summary>
public sealed class ListGateways(GatewayBook book, SettingsSnapshot settings, IEnumerable<IGateway> gateways)
{
    private readonly IGateway[] _gateways = [.. gateways];

    public IReadOnlyList<ListedGateway> Run() =>
        [.. _gateways.Select(g => (Gateway: g, Values: book.Of(g.Name))).Select(g => new ListedGateway(g.Gateway, g.Values, g.Gateway.Offer(g.Values, settings.Current)))];
}
