using Tally.Accounts;
using Tally.Billing;
using Tally.Ledger;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary><c>balance</c>: what is on the wallet.</summary>
internal sealed class BalanceAction(ReadBalance balance, SettingsSnapshot settings)
{
    // No token: the server makes one for each request that asks for it, and a read of one row is soon over.
    public async ValueTask<Refusal?> RunAsync(Caller caller, ResponseJson json)
    {
        Write(json, await balance.RunAsync(caller.AccountId, CancellationToken.None), settings.Current.Currency);
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
