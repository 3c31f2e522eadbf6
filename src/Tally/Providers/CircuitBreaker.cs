namespace Tally.Providers;

/// <summary>When calls to a provider rest, and for how long.</summary>
/// <param name="FailuresInARow">So many open the breaker. Calls that ran side by side count each, so a provider that is gone is noticed at once.</param>
/// <param name="FirstRest">How long they rest at first; twice as long each time the trial fails.</param>
/// <param name="LongestRest">The most that it grows to.</param>
public sealed record BreakerTerms(int FailuresInARow, TimeSpan FirstRest, TimeSpan LongestRest)
{
    /// <summary>What holds in service.</summary>
    public static BreakerTerms Usual { get; } = new(5, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2));
}

/// <summary>
/// Lets calls to one provider rest when several in a row have failed. When the rest is over, one call may try, and what comes of it decides for all. Thread-safe.
/// </summary>
internal sealed class CircuitBreaker(BreakerTerms terms, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failures;
    private TimeSpan _rest;
    private long _since;
    private bool _trying;

    /// <summary>How many calls may begin now: all, none while it rests, one when the rest is over.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                return !IsOpen ? int.MaxValue : _trying || Left > TimeSpan.Zero ? 0 : 1;
            }
        }
    }

    /// <summary>Whether calls rest: it has opened, and no call has gone well since.</summary>
    public bool Rests
    {
        get
        {
            lock (_gate)
            {
                return IsOpen;
            }
        }
    }

    private bool IsOpen => _rest > TimeSpan.Zero;

    private TimeSpan Left => _rest - time.GetElapsedTime(_since);

    /// <summary>Lets a call begin; null when it may not, with the time until the next try.</summary>
    public Pass? Enter(out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = TimeSpan.Zero;
            if (!IsOpen)
            {
                return Pass.Ordinary;
            }

            if (_trying || Left > TimeSpan.Zero)
            {
                wait = _trying ? TimeSpan.Zero : Left;
                return null;
            }

            _trying = true;
            return Pass.Trial;
        }
    }

    /// <summary>A call that was let in has ended: well, badly, or (null) in a way that says nothing of the provider.</summary>
    public void Leave(Pass pass, bool? well)
    {
        lock (_gate)
        {
            _trying = _trying && pass != Pass.Trial;
            switch (well)
            {
                case true:
                    (_failures, _rest) = (0, TimeSpan.Zero);
                    break;
                case false when pass == Pass.Trial:
                    Open(TimeSpan.FromTicks(Math.Min(terms.LongestRest.Ticks, _rest.Ticks * 2)));
                    break;
                case false when !IsOpen && ++_failures >= terms.FailuresInARow:
                    Open(terms.FirstRest);
                    break;
            }
        }
    }

    private void Open(TimeSpan rest) => (_rest, _since, _failures) = (rest, time.GetTimestamp(), 0);

    /// <summary>As what a call was let in.</summary>
    internal enum Pass
    {
        /// <summary>As one of many.</summary>
        Ordinary,

        /// <summary>As the one that tries whether the provider is back.</summary>
        Trial,
    }
}
