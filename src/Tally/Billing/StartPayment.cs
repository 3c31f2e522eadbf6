using Tally.Billing.Gateways;
using Tally.Ledger;
using Tally.Settings;

namespace Tally.Billing;

/// <summary>Begins a payment on the way that a customer chose.</summary>
public sealed class StartPayment(GatewayBook book, SettingsSnapshot settings, IEnumerable<IGateway> gateways)
{
    private readonly IGateway[] _gateways = [.. gateways];

    public async Task<PaymentStart> RunAsync(string way, PaymentWish wish, CancellationToken ct)
    {
        var gateway = _gateways.FirstOrDefault(g => g.Name == way);
        var offer = gateway?.Offer(book.Of(way), settings.Current);
        return Decide(offer, wish.Amount) is { } problem ? new PaymentStart.Refused(problem, offer) : await gateway!.StartAsync(wish, ct);
    }

    /// <summary>What stands in the way of an amount; null when nothing does.</summary>
    internal static string? Decide(GatewayOffer? offer, Money amount) => offer switch
    {
        null or { IsReady: false } => "way",
        _ when amount < offer.Min => "min",
        _ when amount > offer.Max => "max",
        _ when amount.Units % Step(offer.Decimals) != 0 => "decimals",
        _ => null,
    };

    // Units between two amounts with that many decimals.
    private static long Step(int decimals) => decimals switch { 0 => Money.UnitsPerOne, 1 => 10_000, 2 => 1_000, 3 => 100, 4 => 10, _ => 1 };
}
