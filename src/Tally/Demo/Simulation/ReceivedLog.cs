using System.Collections.Concurrent;

namespace Tally.Demo;

/// <summary>A call that arrived, whatever was answered.</summary>
/// <param name="Action">What was asked for; the list form of an action is the same action.</param>
/// <param name="Parameters">All but the key and the action, as they were sent.</param>
/// <param name="At">The real time of arrival.</param>
/// <param name="Fault">The fault it was answered with; null for a plain answer.</param>
public sealed record ReceivedCall(SimulatedAction Action, IReadOnlyDictionary<string, string> Parameters, DateTimeOffset At, Fault? Fault);

/// <summary>
/// The calls that arrived, in the order of their arrival. Only the last ones are kept with their parameters
/// (<see cref="SimulatedProviderOptions.MaxReceived"/>); the totals count all.
/// </summary>
public sealed class ReceivedLog
{
    private readonly ConcurrentQueue<ReceivedCall> _calls = new();
    private readonly long[] _totals = new long[Enum.GetValues<SimulatedAction>().Length];
    private readonly int _keep;

    internal ReceivedLog(int keep) => _keep = keep;

    /// <summary>The kept calls, oldest first; a live view.</summary>
    public IReadOnlyCollection<ReceivedCall> Calls => _calls;

    /// <summary>How many calls of this action arrived since the start.</summary>
    public long Total(SimulatedAction action) => Interlocked.Read(ref _totals[(int)action]);

    /// <summary>The kept calls of one action.</summary>
    public IReadOnlyList<ReceivedCall> Of(SimulatedAction action) => [.. _calls.Where(call => call.Action == action)];

    internal void Add(ReceivedCall call)
    {
        _ = Interlocked.Increment(ref _totals[(int)call.Action]);
        _calls.Enqueue(call);
        if (_calls.Count > _keep)
            _ = _calls.TryDequeue(out _);
    }
}
