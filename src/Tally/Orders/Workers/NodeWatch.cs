using Dapper;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>
/// Shows that this node is alive, and takes over from those that are not: each node raises its beat in the table <c>nodes</c> once a second, and one whose beat stands still for
/// seven looks in a row has gone. Nobody compares clocks, and looks that failed or came late do not count, so neither a jump of a clock nor a store that was away
/// makes a living node look dead. (Taking over from a living one would do no harm but work: its orders would be unconfirmed until it answers.)
/// </summary>
public sealed class NodeWatch(Database database, Node node, TakeOver takeOver, TimeProvider time, ILogger<NodeWatch> logger) : WorkLoop(time, logger, Beat)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1), LookIsLate = TimeSpan.FromSeconds(3);
    private const int LooksUntilGone = 7;
    private readonly Dictionary<string, (long Beat, int Looks)> _others = new(StringComparer.Ordinal);
    private long _lastLook;

    /// <summary>The first beat stands before anything is claimed.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken);
        if (database.Kind == DatabaseKind.Sqlite)
        {
            // Only one process serves a SQLite store: whoever else is listed has gone.
            foreach (var (name, _) in await OthersAsync(cancellationToken))
            {
                await TakeOverAsync(name, cancellationToken);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Says goodbye, when everything this node had claimed is done: the others need not wait.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await database.WriteAsync(tx => tx.Connection.ExecuteAsync("DELETE FROM nodes WHERE name = @Name", new { node.Name }, tx.Transaction), CancellationToken.None);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) is FailureKind.Unavailable or FailureKind.CommitUnknown)
        {
            Logger.LogWarning(e, "The store does not answer: the other nodes will miss this one only in a few seconds");
        }
    }

    /// <summary>A node that rests for long when the store was away would look dead to the others.</summary>
    protected override TimeSpan LongestRest => Beat;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await BeatAsync(ct);
        var late = _lastLook != 0 && Time.GetElapsedTime(_lastLook) > LookIsLate;
        var others = await OthersAsync(ct);
        _lastLook = Time.GetTimestamp();
        foreach (var gone in _others.Keys.Except(others.Select(o => o.Name)).ToList())
        {
            _others.Remove(gone);
        }

        foreach (var (name, beat) in others)
        {
            var looks = !late && _others.TryGetValue(name, out var last) && last.Beat == beat ? last.Looks + 1 : 0;
            _others[name] = (beat, looks);
            if (looks >= LooksUntilGone)
            {
                Logger.LogWarning("Node {Node} has not been heard of for {Looks} looks; its work is taken over", name, looks);
                await TakeOverAsync(name, ct);
                _others.Remove(name);
            }
        }

        await takeOver.ExpiredAsync(ct);
        return false;
    }

    private Task BeatAsync(CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO nodes (name, beat, started_at) VALUES (@Name, 1, @now) ON CONFLICT (name) DO UPDATE SET beat = nodes.beat + 1",
            new { node.Name, now = Time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct)),
        ct);

    private async Task<IReadOnlyList<(string Name, long Beat)>> OthersAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return [.. await connection.QueryAsync<(string, long)>(new CommandDefinition("SELECT name, beat FROM nodes WHERE name <> @Name", new { node.Name }, cancellationToken: ct))];
    }

    private Task TakeOverAsync(string name, CancellationToken ct) => takeOver.FromAsync(name, ct);
}
