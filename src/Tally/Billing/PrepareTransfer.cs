using Tally.Billing.Gateways;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Settings;

namespace Tally.Billing;

/// <summary>What a customer needs for a bank transfer.</summary>
/// <param name="Dong">The amount in whole đồng.</param>
/// <param name="Memo">What must stand in the transfer, so that it is known whose it is.</param>
/// <param name="Payload">The same as the text of a VietQR code.</param>
/// <param name="Automatic">Whether it is credited by itself.</param>
public sealed record TransferOrder(Money Amount, long Dong, string BankName, string AccountNumber, string AccountHolder, string Memo, string Payload, bool Automatic);

/// <summary>Says where an account's customer is to transfer an amount to. Nothing is stored: the memo alone says whose a transfer is.</summary>
public sealed class PrepareTransfer(GatewayBook book, SettingsSnapshot settings)
{
    /// <returns>Null when bank transfers are not offered, or not for this amount.</returns>
    public TransferOrder? Run(long account, Money amount)
    {
        var (values, panel) = (book.Of(BankTransferGateway.GatewayName), settings.Current);
        var offer = new BankTransferGateway().Offer(values, panel);
        var bank = BankTransferSettings.Read(values, panel.Currency);
        if (StartPayment.Decide(offer, amount) is not null || Dong.FromPanel(amount, bank.Rate!.Value) is not { } dong)
        {
            return null;
        }

        var memo = TransferMemo.Write(bank.MemoPrefix, account);
        return new TransferOrder(amount, dong, bank.BankName!, bank.AccountNumber!, bank.AccountHolder!, memo, VietQr.Payload(bank.Bin!, bank.AccountNumber!, dong, memo), offer.Automatic);
    }
}
