using Tally.Contract;
using Tally.Operations;

namespace Tally.Providers;

/// <summary>
/// Calls providers: within their pace, not while they rest, counted and timed. Reads are tried again when they fail; what orders something is sent once, whatever comes of it
/// (lifecycle.md section 3).
/// </summary>
internal sealed class ProviderCalls(ProviderClients clients, ProviderTraffic traffic, ProviderHealth health, TimeProvider time)
{
    private const int MostTries = 3;

    /// <summary>Less than what the lease of a claimed order leaves behind the longest call.</summary>
    private static readonly TimeSpan SubmitWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReadWait = TimeSpan.FromSeconds(5), FirstPause = TimeSpan.FromMilliseconds(300);

    /// <summary>A read that failed slowly is not tried again at once: its loop comes round, and its lease must not run out meanwhile.</summary>
    private static readonly TimeSpan TriedAgainWithin = TimeSpan.FromSeconds(8);

    /// <summary>Whether an action only asks, so that asking again changes nothing.</summary>
    public static bool IsRead(string action) => action is "status" or "services" or "balance" or "refill_status";

    public async Task<ApiResult<T>> RunAsync<T>(Provider provider, string action, Func<ApiV2Client, Task<ApiResult<T>>> call)
    {
        if (provider.Key.Length == 0)
        {
            return new ApiResult<T>.NotSent($"The key of {provider.Name} cannot be decrypted. Set it again: tally provider set {provider.Name} --key-stdin");
        }

        var read = IsRead(action);
        var begun = time.GetTimestamp();
        ApiResult<T>? last = null;
        for (var tries = 1; ; tries++)
        {
            var (result, held) = await traffic.RunAsync(provider, read ? ReadWait : SubmitWait, () => OnceAsync(provider, action, call));
            if (result is null)
            {
                // Of the reasons why there is no answer, the provider's own says more.
                return last ?? new ApiResult<T>.NotSent(held!);
            }

            if (!read || tries == MostTries || !ProviderTraffic.IsFailure(result) || time.GetElapsedTime(begun) > TriedAgainWithin)
            {
                return result;
            }

            last = result;
            await Task.Delay(FirstPause * tries, time);
        }
    }

    private async Task<ApiResult<T>> OnceAsync<T>(Provider provider, string action, Func<ApiV2Client, Task<ApiResult<T>>> call)
    {
        var started = time.GetTimestamp();
        var result = await call(clients.Of(provider));
        var took = time.GetElapsedTime(started);
        var (outcome, words) = result switch
        {
            ApiResult<T>.Answered => ("ok", null),
            ApiResult<T>.Refused => ("refused", null),
            ApiResult<T>.NotSent(var what) => ("not_sent", what),
            ApiResult<T>.Unclear { What: var what } => ("unclear", what),
            _ => throw new InvalidOperationException("An answer of no known kind."),
        };
        Telemetry.ProviderCalled(provider.Name, action, outcome, took);
        health.Count(provider.Id, took, ProviderTraffic.IsFailure(result) ? $"{action}: {words}" : null);
        return result;
    }
}
