namespace Tally.Providers;

/// <summary>Holds the calls to one provider to so many in any second: the times of the last ones are kept, and the next may begin a second after the first of them. Thread-safe.</summary>
internal sealed class CallPace(int perSecond, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Queue<long> _begun = new(perSecond);

    /// <summary>How many calls may begin now.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return perSecond - _begun.Count;
            }
        }
    }

    /// <summary>Lets a call begin; else <paramref name="wait"/> is when one may, provided that no other takes its place.</summary>
    public bool TryTake(out TimeSpan wait)
    {
        lock (_gate)
        {
            Forget();
            var free = _begun.Count < perSecond;
            wait = free ? TimeSpan.Zero : Window - time.GetElapsedTime(_begun.Peek());
            if (free)
            {
                _begun.Enqueue(time.GetTimestamp());
            }

            return free;
        }
    }

    private void Forget()
    {
        while (_begun.TryPeek(out var first) && time.GetElapsedTime(first) >= Window)
        {
            _begun.Dequeue();
        }
    }
}
