using Microsoft.Extensions.Logging;
using Tally.Platform.Jobs;

namespace Tally.Platform.Db;

/// <summary>A copy of something in the store, kept in memory under a version.</summary>
public interface ISnapshot
{
    /// <summary>The topic in <c>changes</c> that rises when the original changes.</summary>
    string Topic { get; }

    /// <summary>The topic's version that the copy has seen.</summary>
    long Seen { get; }

    /// <summary>Brings the copy up to date with the store.</summary>
    Task RefreshAsync(CancellationToken ct);
}

/// <summary>Watches the change counters and refreshes the copies that are old: what one node changes, every node knows within a second.</summary>
public sealed class SnapshotPoller(Database database, IEnumerable<ISnapshot> snapshots, TimeProvider time, ILogger<SnapshotPoller> logger)
    : WorkLoop(time, logger, TimeSpan.FromMilliseconds(400))
{
    private readonly ISnapshot[] _snapshots = [.. snapshots];
    private readonly Dictionary<ISnapshot, (int Failures, long At)> _failed = [];

    /// <summary>Loads all copies before the first request is answered.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var snapshot in _snapshots)
        {
            await snapshot.RefreshAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var versions = await Changes.ReadAsync(database, ct);
        foreach (var snapshot in _snapshots)
        {
            if (versions.GetValueOrDefault(snapshot.Topic) > snapshot.Seen && !Rests(snapshot))
            {
                await RefreshAsync(snapshot, ct);
            }
        }

        return false;
    }

    // One copy that cannot be read must not keep the others old, so its failure stays with it.
    private async Task RefreshAsync(ISnapshot snapshot, CancellationToken ct)
    {
        try
        {
            await snapshot.RefreshAsync(ct);
            _failed.Remove(snapshot);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var failures = _failed.GetValueOrDefault(snapshot).Failures + 1;
            _failed[snapshot] = (failures, Time.GetTimestamp());
            Logger.LogError(e, "The copy of {Topic} could not be refreshed, {Failures} times in a row; it is version {Seen}", snapshot.Topic, failures, snapshot.Seen);
        }
    }

    private bool Rests(ISnapshot snapshot) =>
        _failed.TryGetValue(snapshot, out var last) && Time.GetElapsedTime(last.At) < PauseAfter(last.Failures);
}
