using Dapper;

namespace Tally.Platform.Db;

/// <summary>
/// Hands out small rising integers, unique over all nodes, from blocks that it takes from the table <c>id_blocks</c>. A block is small while few are
/// asked for (a quiet panel wastes few numbers at a restart) and grows to 1,000 under load.
/// </summary>
public sealed class IdAllocator(Database database, TimeProvider time, string name, long max = int.MaxValue) : IDisposable
{
    private const int SmallestBlock = 10, LargestBlock = 1_000;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _next;
    private long _end;
    private int _block = SmallestBlock;
    private long _takenAt;

    /// <summary>The next <paramref name="count"/> ids, rising, without gaps among those of one call where the block allows it.</summary>
    /// <exception cref="InvalidOperationException">The ids have come to their end (2^31−1, the contract's limit).</exception>
    public async ValueTask<long[]> TakeAsync(int count, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        await _gate.WaitAsync(ct);
        try
        {
            var ids = new long[count];
            for (var i = 0; i < count; i++)
            {
                if (_next == _end)
                {
                    await RefillAsync(count - i, ct);
                }

                ids[i] = _next++;
            }

            return ids;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>One id.</summary>
    public async ValueTask<long> TakeAsync(CancellationToken ct) => (await TakeAsync(1, ct))[0];

    public void Dispose() => _gate.Dispose();

    private async Task RefillAsync(int wanted, CancellationToken ct)
    {
        var quick = _takenAt != 0 && time.GetElapsedTime(_takenAt) < Quick;
        _block = Math.Clamp(quick ? _block * 2 : _block / 2, SmallestBlock, LargestBlock);
        var size = Math.Max(_block, wanted);
        var end = await database.WriteAsync(
            tx => tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "INSERT INTO id_blocks (name, next) VALUES (@name, 1 + @size) ON CONFLICT (name) DO UPDATE SET next = id_blocks.next + @size RETURNING next",
                new { name, size = (long)size }, tx.Transaction, cancellationToken: ct)),
            ct);
        if (end - 1 > max)
        {
            throw new InvalidOperationException($"The ids of '{name}' have come to their end at {max}.");
        }

        _takenAt = time.GetTimestamp();
        (_next, _end) = (end - size, end);
    }
}
