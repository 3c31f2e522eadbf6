using Tally.Accounts;
using Tally.Billing;
using Tally.Ledger;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary><c>balance</c>: what is on the wallet.</summary>
internal sealed class BalanceAction(ReadBalance balance, SettingsSnapshot settings)
{
    public async ValueTask<Refusal?> RunAsync(Caller caller, ResponseJson json, CancellationToken ct)
    {
        Write(json, await balance.RunAsync(caller.AccountId, ct), settings.Current.Currency);
        return null;
    }

    internal static void Write(ResponseJson json, Money amount, string currency)
    {
        json.Raw("{\"balance\":"u8);
        json.Money(amount);
        json.Raw(",\"currency\":"u8);
        json.Text(currency);
        json.Raw("}"u8);
    }
}
