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
            if (versions.GetValueOrDefault(snapshot.Topic) > snapshot.Seen)
            {
                await snapshot.RefreshAsync(ct);
            }
        }

        return false;
    }
}
