namespace Tally.Torture;

/// <summary>What is counted while it happens.</summary>
internal sealed class Counters
{
    private long _requests, _orders, _retries, _replays, _dropped, _silent, _unavailable, _refused, _statuses, _cancels, _refills;

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Orders that were acknowledged.</summary>
    public long Orders => Interlocked.Read(ref _orders);

    /// <summary>Orders that were sent again because nobody knew what had become of them.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Answers that named an order which had been acknowledged before.</summary>
    public long Replays => Interlocked.Read(ref _replays);

    /// <summary>Connections that the customer dropped in the middle of a request.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Requests that stayed without an answer.</summary>
    public long Silent => Interlocked.Read(ref _silent);

    /// <summary>Answers that said <c>Service temporarily unavailable</c>.</summary>
    public long Unavailable => Interlocked.Read(ref _unavailable);

    /// <summary>Orders that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public long Statuses => Interlocked.Read(ref _statuses);

    public long Cancels => Interlocked.Read(ref _cancels);

    public long Refills => Interlocked.Read(ref _refills);

    public void Request() => Interlocked.Increment(ref _requests);

    public void Order() => Interlocked.Increment(ref _orders);

    public void Retry() => Interlocked.Increment(ref _retries);

    public void Replay() => Interlocked.Increment(ref _replays);

    public void Drop() => Interlocked.Increment(ref _dropped);

    public void Silence() => Interlocked.Increment(ref _silent);

    public void Unavailability() => Interlocked.Increment(ref _unavailable);

    public void Refusal() => Interlocked.Increment(ref _refused);

    public void Status() => Interlocked.Increment(ref _statuses);

    public void Cancel() => Interlocked.Increment(ref _cancels);

    public void Refill() => Interlocked.Increment(ref _refills);
}
