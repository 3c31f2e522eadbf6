using Tally.Ledger;

namespace Tally.Billing.Gateways.StripeCheckout;

/// <summary>What is set for Stripe.</summary>
internal sealed record StripeSettings(bool Enabled, string? SecretKey, string? WebhookSecret, Money? Min, Money? Max, IReadOnlyCollection<string> Unreadable)
{
    public static IReadOnlyList<GatewaySetting> Names { get; } =
    [
        SettingText.OnOff("enabled", "on or off (on): whether customers see it; payments that were begun are credited all the same"),
        SettingText.Secret("secret_key", "your secret or restricted key at Stripe", "sk_", "rk_"),
        SettingText.Secret("webhook_secret", "the signing secret of your webhook endpoint at Stripe", "whsec_"),
        SettingText.Amount("min", "the least amount, in the panel's currency (20,000 for VND, 1,000 for others without decimals, else 1)"),
        SettingText.Amount("max", "the largest amount, in the panel's currency (999,999.99; 99,999,999 without decimals)"),
    ];

    public static StripeSettings Read(GatewayValues values) => new(
        values["enabled"] != "off", values["secret_key"], values["webhook_secret"], SettingText.ReadAmount(values["min"]), SettingText.ReadAmount(values["max"]), values.Unreadable);

    /// <summary>What is still to be set before customers can pay so.</summary>
    public IEnumerable<string> Missing()
    {
        if (!Enabled)
        {
            yield return "enabled is off";
        }

        foreach (var (name, value) in new[] { ("secret_key", SecretKey), ("webhook_secret", WebhookSecret) })
        {
            if (value is null)
            {
                yield return Unreadable.Contains(name) ? name + " (it cannot be decrypted with this store's key ring: set it anew)" : name;
            }
        }
    }

    // Without it the key would stand in any log of this record.
    public override string ToString() => "settings of Stripe";
}
