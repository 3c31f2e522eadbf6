using Dapper;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Orders.Workers;

/// <summary>
/// Which node asks a provider where its orders stand: one for each provider, for as long as it is among the living ones (<see cref="NodeWatch"/>). Two that took themselves for it for a second would ask
/// twice and do no harm.
/// </summary>
public sealed class SyncTurns(Database database, Node node, FaultPoints faults, TimeProvider time)
{
    // A turn whose node has gone is nobody's.
    private const string Held = "SELECT t.provider_id, t.node FROM sync_turns t JOIN nodes n ON n.name = t.node";

    private const string Take =
        """
        INSERT INTO sync_turns (provider_id, node) VALUES (@provider, @node)
        ON CONFLICT (provider_id) DO UPDATE SET node = @node WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = sync_turns.node)
        """;

    /// <summary>For so long it is not looked again who has which turn.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(1);

    /// <summary>Who has which turn, as it was seen last; null = not known (any more).</summary>
    private Dictionary<long, string>? _held;
    private long _lookedAt;

    /// <summary>Whether the turn is this node's; takes it where it is nobody's. One caller at a time.</summary>
    public async Task<bool> IsOursAsync(long provider, CancellationToken ct)
    {
        var held = _held is not null && time.GetElapsedTime(_lookedAt) <= Known ? _held : await LookAsync(ct);
        return held.TryGetValue(provider, out var holder) ? holder == node.Name : await TakeAsync(provider, ct);
    }

    private async Task<Dictionary<long, string>> LookAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Provider, string Node)>(new CommandDefinition(Held, cancellationToken: ct));
        _lookedAt = time.GetTimestamp();
        return _held = rows.ToDictionary(r => r.Provider, r => r.Node);
    }

    private async Task<bool> TakeAsync(long provider, CancellationToken ct)
    {
        var taken = await database.WriteAsync(
            async tx =>
            {
                var rows = await tx.Connection.ExecuteAsync(new CommandDefinition(Take, new { provider, node = node.Name }, tx.Transaction, cancellationToken: ct));
                await faults.ReachAsync(FaultPoint.SyncTurnTaking);
                return rows > 0;
            },
            ct);

        // Ours now, or that of a node that was faster: the next look tells.
        _held = null;
        return taken;
    }
}
