using Tally.Settings;

namespace Tally.Providers;

/// <summary>A provider with how it does; for people, so without the key.</summary>
/// <param name="Warning">What about it looks wrong; null when nothing does.</param>
public sealed record ListedProvider(Provider Provider, HealthFigure? Health, ProviderBalance? Balance, string? Warning);

/// <summary>All providers, and how they do.</summary>
public sealed class ListProviders(ProviderBook book, ProviderHealth health, ProviderBalances balances, SettingsSnapshot settings)
{
    public async Task<IReadOnlyList<ListedProvider>> RunAsync(CancellationToken ct)
    {
        await book.RefreshAsync(ct);
        await settings.RefreshAsync(ct);
        var (figures, amounts) = (await health.ReadAsync(ct), await balances.ReadAsync(ct));
        return [.. book.Current.Values.OrderBy(p => p.Id).Select(p =>
            new ListedProvider(p, figures.GetValueOrDefault(p.Id), amounts.GetValueOrDefault(p.Id), Warning(p, amounts.GetValueOrDefault(p.Id)?.Currency, settings.Current.Currency)))];
    }

    /// <summary>Amounts in another currency than the one they are taken for are wrong prices and wrong costs.</summary>
    /// <param name="told">The currency that the provider names, null when none.</param>
    /// <param name="panel">The panel's.</param>
    internal static string? Warning(Provider provider, string? told, string panel)
    {
        var taken = provider.Currency ?? panel;
        return told is null || string.Equals(told, taken, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"It says that its amounts are in {told}, and they are taken for {taken}. Set them right: tally provider set {provider.Name} --currency {told} --rate …";
    }
}
