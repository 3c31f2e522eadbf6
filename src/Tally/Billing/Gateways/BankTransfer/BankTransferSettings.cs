using Tally.Ledger;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>What is set for bank transfers.</summary>
/// <param name="Rate">Đồng for one of the panel's currency; exactly 1 where that is the đồng; null = not set.</param>
/// <param name="WebhookKey">What the bank's notifier proves itself with; null = nobody notifies, and the operator credits by hand.</param>
internal sealed record BankTransferSettings(
    bool Enabled, string? Bin, string? BankName, string? AccountNumber, string? AccountHolder, string MemoPrefix, Money? Rate, Money? Min, Money? Max, string? WebhookKey, bool KeyUnreadable)
{
    private const string DefaultPrefix = "NAP";

    public static IReadOnlyList<GatewaySetting> Names { get; } =
    [
        SettingText.OnOff("enabled", "on or off (on): whether customers see it; transfers that arrive are credited all the same"),
        SettingText.Digits("bank_bin", "the bank's six digits at NAPAS, such as 970422", 6, 6),
        SettingText.Line("bank_name", "the bank's name as customers know it", 60),
        SettingText.Alphanumeric("account_number", "the account that is paid to", 4, 19),
        SettingText.Line("account_holder", "the account's holder", 80),
        SettingText.Letters("memo_prefix", "what a transfer's memo begins with (NAP)", 2, 10),
        SettingText.Amount("vnd_rate", "đồng for one of the panel's currency, where that is not VND"),
        SettingText.Amount("min", "the least amount, in the panel's currency (10,000 đồng)"),
        SettingText.Amount("max", "the largest amount, in the panel's currency (499,999,999 đồng, the bound of instant transfers)"),
        SettingText.Secret("webhook_key", "the API key that SePay sends"),
    ];

    public static BankTransferSettings Read(GatewayValues values, string currency) => new(
        values["enabled"] != "off", values["bank_bin"], values["bank_name"], values["account_number"], values["account_holder"], values["memo_prefix"] ?? DefaultPrefix,
        currency == "VND" ? new Money(Money.UnitsPerOne) : SettingText.ReadAmount(values["vnd_rate"]),
        SettingText.ReadAmount(values["min"]), SettingText.ReadAmount(values["max"]), values["webhook_key"], values.Unreadable.Contains("webhook_key"));

    /// <summary>What is still to be set before customers can be shown where to transfer to.</summary>
    public IEnumerable<string> Missing()
    {
        if (!Enabled)
        {
            yield return "enabled is off";
        }

        (string Name, string? Value)[] needed = [("bank_bin", Bin), ("bank_name", BankName), ("account_number", AccountNumber), ("account_holder", AccountHolder)];
        foreach (var (name, _) in needed.Where(n => n.Value is null))
        {
            yield return name;
        }

        if (Rate is null)
        {
            yield return "vnd_rate (the panel's currency is not VND)";
        }

        if (KeyUnreadable)
        {
            yield return "webhook_key (it cannot be decrypted with this store's key ring: set it anew)";
        }
    }
}
