using Tally.Ledger;
using Tally.Settings;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>Transfers to the operator's bank account in Vietnam, paid by VietQR code, noticed by SePay's webhook (<see cref="ReceiveBankTransfer"/>).</summary>
public sealed class BankTransferGateway : IGateway
{
    /// <summary>Stored; never change it.</summary>
    public const string GatewayName = "bank";

    /// <summary>NAPAS carries less than 500 million đồng at once.</summary>
    private const long MostDong = 499_999_999, LeastDong = 10_000;

    public string Name => GatewayName;

    public IReadOnlyList<GatewaySetting> Settings => BankTransferSettings.Names;

    public GatewayOffer Offer(GatewayValues values, PanelSettings panel)
    {
        var bank = BankTransferSettings.Read(values, panel.Currency);
        string[] missing = [.. bank.Missing()];
        if (missing.Length > 0)
        {
            return GatewayOffer.Not(GatewayName, missing);
        }

        var most = Dong.ToPanel(MostDong, bank.Rate!.Value) ?? new Money(long.MaxValue);
        return new GatewayOffer(
            GatewayName, [], bank.Min ?? Dong.ToPanel(LeastDong, bank.Rate.Value) ?? most, bank.Max is { } max && max < most ? max : most,
            panel.Currency == "VND" ? 0 : 5, Automatic: bank.WebhookKey is not null);
    }

    public Task<PaymentStart> StartAsync(PaymentWish wish, CancellationToken ct) => Task.FromResult<PaymentStart>(new PaymentStart.ShowTransfer(wish.Amount));
}
