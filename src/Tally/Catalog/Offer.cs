using System.Text.Json;
using System.Text.Json.Serialization;
using Tally.Contract;
using Tally.Ledger;
using Tally.Providers;

namespace Tally.Catalog;

/// <summary>A service as a provider offers it, in our terms.</summary>
/// <param name="Rate">What the provider asks for as many units as <paramref name="Type"/> counts by, in the panel's currency.</param>
public sealed record Offer(
    string Name, string Description, ServiceType Type, string Category, string Platform, Money Rate, long Min, long Max, bool Refill, bool Cancel, bool Dripfeed)
{
    /// <summary>Reads an entry of a panel's <c>services</c>; null when it cannot be sold, with the reason.</summary>
    public static Offer? Read(ServiceInfo info, Func<decimal, Money?> toPanel, out string? wrong)
    {
        var rules = TypeRules.Table.FirstOrDefault(r => r.WireName == ServiceTypeNames.Find(info.Type)?.Name);
        var rate = info.Rate < 0 ? null : toPanel(info.Rate);
        wrong = info switch
        {
            _ when rules is null => $"the type '{info.Type}' is not one of the seventeen",
            _ when rate is null => "its rate cannot be read",
            _ when string.IsNullOrWhiteSpace(info.Name) => "it has no name",
            _ when (info.Name + info.Description + info.Category + info.Platform).Contains('\0', StringComparison.Ordinal) => "its texts contain the character U+0000",
            _ when info.Min < 0 => "its min is below 0",
            _ when (info.Min ?? 1) > (info.Max ?? 1) => "its min is above its max",
            _ => null,
        };
        return wrong is null
            ? new Offer(
                info.Name, info.Description ?? "", rules!.Type, info.Category, info.Platform ?? "", rate!.Value, info.Min ?? 1, info.Max ?? 1, info.Refill, info.Cancel,
                info.DripFeed && rules.Per == 1000)
            : null;
    }

    /// <summary>The rate for as many units as <paramref name="type"/> counts by.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public Money RateFor(ServiceType type) => Pricing.InUnitsOf(Rate, TypeRules.Of(Type).Per, TypeRules.Of(type).Per);
}

/// <summary>A provider's amounts in the panel's currency.</summary>
internal static class PanelAmount
{
    /// <summary>The largest rate that is taken for one; more is nonsense.</summary>
    private const decimal Most = 1_000_000_000_000m;

    /// <summary>The amount rounded up to 10^-5; null when it is below 0 or does not fit.</summary>
    /// <param name="provider">Whose currency it is; null = the panel's own.</param>
    /// <param name="amount">What the provider said.</param>
    public static Money? Of(Provider? provider, decimal amount)
    {
        return amount is < 0 or > Most ? null : provider is null ? new Money((long)decimal.Ceiling(amount * Money.UnitsPerOne)) : provider.ToPanel(amount);
    }
}

/// <summary>How offers and proposals stand in the store.</summary>
internal static class CatalogJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new MoneyUnits() },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("A null stands where an object should be.");

    private sealed class MoneyUnits : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Units);
    }
}
