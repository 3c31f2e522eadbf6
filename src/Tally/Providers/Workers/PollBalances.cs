using Tally.Contract;
using Tally.Platform.Jobs;
using Tally.Settings;

namespace Tally.Providers.Workers;

/// <summary>
/// Asks each provider for our balance there: every <c>balance_interval_s</c>, and every 30 s while it is paused because our money was used up, so that it goes on by itself when it
/// was topped up (lifecycle.md sections 3 and 4). Of several nodes one asks.
/// </summary>
public sealed class PollBalances(ProviderBook providers, ProviderBalances balances, SettingsSnapshot settings, TimeProvider time, ILogger<PollBalances> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private static readonly TimeSpan WhilePausedForFunds = TimeSpan.FromSeconds(30);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var due = await balances.DueAsync(ct);
        await Task.WhenAll(providers.Current.Values.Where(p => due.Contains(p.Id)).Select(p => AskAsync(p, ct)));
        return false;
    }

    private async Task AskAsync(Provider provider, CancellationToken ct)
    {
        var usual = TimeSpan.FromSeconds(settings.Current.BalanceIntervalS);
        var interval = provider.PauseKind == PauseKind.Funds && WhilePausedForFunds < usual ? WhilePausedForFunds : usual;
        if (await balances.ClaimAsync(provider.Id, interval, ct) is not { } claim)
        {
            return;
        }

        switch (await providers.CallAsync(provider, "balance", api => api.BalanceAsync(ct)))
        {
            case ApiResult<Balance>.Answered(var balance):
                if (await balances.WriteAsync(provider.Id, claim, balance, ct))
                {
                    Logger.LogInformation("Provider {Provider} goes on: the balance there has risen to {Amount}", provider.Name, balance.Amount);
                    await providers.RefreshAsync(ct);
                }

                break;
            case ApiResult<Balance>.Refused(var error):
                await balances.WriteAsync(provider.Id, error.Text, ct);
                if (ProviderPauses.KindOf(error) == PauseKind.Access)
                {
                    await providers.PauseForAsync(provider, PauseKind.Access, error.Text, ct);
                }

                break;
            case ApiResult<Balance>.NotSent(var what):
                await balances.WriteAsync(provider.Id, what, ct);
                break;
            case ApiResult<Balance>.Unclear { What: var what }:
                await balances.WriteAsync(provider.Id, what, ct);
                break;
        }
    }
}
