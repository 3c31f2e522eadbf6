using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ui;

namespace Tally.Storefront.Pages;

/// <summary>The front page.</summary>
internal static class StorefrontPages
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPages().MapGet("/", Front);

    private static IResult Front(HttpContext http, Visitor visitor, ReadGlance glance, ListGateways gateways) => visitor.IsSignedIn
        ? Page.Go("/dashboard")
        : Page.Of<FrontPage>(new { Glance = glance.Run(), Origin = PanelOrigin.Of(http, visitor.Panel), BankTransfers = Credits(gateways) });

    private static bool Credits(ListGateways gateways) => gateways.Run().Any(g => g.Gateway.Name == BankTransferGateway.GatewayName && g.Offer is { IsReady: true, Automatic: true });
}
