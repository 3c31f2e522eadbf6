namespace Tally.Platform.Db;

/// <summary>
/// The readers that are kept open (<see cref="PreparedReads"/>), each of which stays in one state of the store for as long as nothing is committed: to take the state's locks for each reading costs
/// more than the reading. The writer says when something is, and ends the states of those that rest, so that none keeps the log from being emptied.
/// </summary>
internal sealed class SqliteSnapshots
{
    private readonly Lock _gate = new();
    private SqliteReader[] _readers = [];
    private long _commits;

    /// <summary>How often this process has committed.</summary>
    public long Commits => Volatile.Read(ref _commits);

    public void Add(SqliteReader reader)
    {
        lock (_gate)
        {
            Volatile.Write(ref _readers, [.. _readers, reader]);
        }
    }

    public void Remove(SqliteReader reader)
    {
        lock (_gate)
        {
            Volatile.Write(ref _readers, [.. _readers.Where(r => !ReferenceEquals(r, reader))]);
        }
    }

    /// <summary>Something is committed, or copied: whoever reads from now on sees it.</summary>
    public void Committed()
    {
        Interlocked.Increment(ref _commits);
        EndIdle();
    }

    /// <summary>Lets the readers that nobody uses now let go of the pages that they remember.</summary>
    public void Shrink()
    {
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.Shrink();
        }
    }

    /// <summary>Ends the states of the readers that nobody uses now.</summary>
    private void EndIdle()
    {
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.EndIdle();
        }
    }
}
