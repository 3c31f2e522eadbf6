using System.Collections.Concurrent;
using Tally.Contract;

namespace Tally.Providers;

/// <summary>
/// Keeps the calls to each provider within its calls a second, and lets a provider that fails again and again rest (lifecycle.md section 3). Of this node alone. What it
/// holds back was certainly not sent.
/// </summary>
public sealed class ProviderTraffic(BreakerTerms breaker, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Lane> _lanes = new();

    /// <summary>
    /// How many calls may begin now by pace and rest; <see cref="int.MaxValue"/> where nothing limits them. An order is claimed only for a call that may begin, so the sender
    /// asks this before it claims. The provider's concurrency is the caller's to heed.
    /// </summary>
    public int Free(Provider provider)
    {
        var lane = LaneOf(provider);
        return Math.Min(lane.Breaker.Free, lane.Pace?.Free ?? int.MaxValue);
    }

    /// <summary>How many calls may begin now as far as the provider rests: all, none, or the one that tries whether it is back.</summary>
    public int FreeOfRest(Provider provider) => LaneOf(provider).Breaker.Free;

    /// <summary>Whether calls to the provider rest because too many in a row have failed.</summary>
    public bool Rests(Provider provider) => LaneOf(provider).Breaker.Rests;

    /// <summary>Makes one call, waiting at most <paramref name="longestWait"/> for its turn. Null in <c>Held</c>: it went out.</summary>
    internal async Task<(ApiResult<T>? Result, string? Held)> RunAsync<T>(Provider provider, TimeSpan longestWait, Func<Task<ApiResult<T>>> call)
    {
        var lane = LaneOf(provider);
        if (await HeldByPaceAsync(lane, longestWait))
        {
            return (null, $"No more than {provider.CallsPerSecond} calls a second are allowed to {provider.Name}, and others were first.");
        }

        if (lane.Breaker.Enter(out var wait) is not { } pass)
        {
            return (null, wait > TimeSpan.Zero
                ? $"Calls to {provider.Name} rest for {Math.Ceiling(wait.TotalSeconds)} s, because the last ones failed."
                : $"Calls to {provider.Name} rest until the one that tries it has come back.");
        }

        bool? well = null;
        try
        {
            var result = await call();
            well = !IsFailure(result);
            return (result, null);
        }
        finally
        {
            lane.Breaker.Leave(pass, well);
        }
    }

    /// <summary>Whether a call failed: the provider could not be reached or gave no answer of its API. A refusal is an answer, and so is one that is merely odd.</summary>
    internal static bool IsFailure<T>(ApiResult<T> result) => result switch
    {
        ApiResult<T>.NotSent => true,
        ApiResult<T>.Unclear { Reason: var reason } => reason is not (UnclearReason.MissingId or UnclearReason.Unreadable or UnclearReason.NotAnswered or UnclearReason.TooLarge),
        _ => false,
    };

    private async Task<bool> HeldByPaceAsync(Lane lane, TimeSpan longestWait)
    {
        if (lane.Pace is not { } pace)
        {
            return false;
        }

        var started = time.GetTimestamp();
        while (!pace.TryTake(out var wait))
        {
            if (time.GetElapsedTime(started) + wait > longestWait)
            {
                return true;
            }

            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), time);
        }

        return false;
    }

    // A provider that has moved starts afresh; one that only got another pace keeps its rest.
    private Lane LaneOf(Provider provider) => _lanes.AddOrUpdate(
        provider.Id,
        (_, p) => new Lane(p, new CircuitBreaker(breaker, time), time),
        (_, lane, p) => lane.Url == p.Url && lane.CallsPerSecond == p.CallsPerSecond ? lane : new Lane(p, lane.Url == p.Url ? lane.Breaker : new CircuitBreaker(breaker, time), time),
        provider);

    private sealed class Lane(Provider provider, CircuitBreaker breaker, TimeProvider time)
    {
        public Uri Url { get; } = provider.Url;

        public int CallsPerSecond { get; } = provider.CallsPerSecond;

        public CircuitBreaker Breaker { get; } = breaker;

        public CallPace? Pace { get; } = provider.CallsPerSecond > 0 ? new CallPace(provider.CallsPerSecond, time) : null;
    }
}
