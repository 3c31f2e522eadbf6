namespace Tally.Platform.Db;

/// <summary>The queries of hot reads inside the process (SQLite), kept open and prepared on a few connections that all of them share: each connection has a memory of its own.</summary>
public sealed class PreparedReads(Database database) : IDisposable
{
    /// <summary>Readers that are kept; one more than these reads once and is closed.</summary>
    private const int MostReaders = 64;

    /// <summary>
    /// One reader more than can read at a time. When all of those are taken, most likely by threads that are not running just now, a moment is left to them before another one is opened: each has a memory of its own.
    /// </summary>
    private static readonly int Enough = Environment.ProcessorCount + 1;

    /// <summary>How often a moment is left to the others. Where they wait for the disk it passes at once, and more readers are what it takes.</summary>
    private const int Moments = 16;

    private readonly Lock _gate = new();
    private SqliteReader[] _readers = [];
    private bool _closed;

    /// <summary>
    /// Lends the statement of <paramref name="sql"/> to <paramref name="read"/>, which binds its values and steps through its rows, once or (with a reset after each) many times: all from one state of the store, which has
    /// what was committed before.
    /// </summary>
    /// <param name="sql">One of a few texts that stay the same: each is kept prepared.</param>
    public ValueTask<T> UseAsync<TState, T>(string sql, TState state, Func<SqliteStatement, TState, T> read, CancellationToken ct)
    {
        for (var moments = 0; ; moments++)
        {
            var readers = Volatile.Read(ref _readers);
            if (Free(readers) is { } reader)
            {
                return new ValueTask<T>(Read(reader, kept: true, sql, state, read));
            }

            if (readers.Length < Enough || moments == Moments)
            {
                return OpenAsync(sql, state, read, ct);
            }

            Thread.Yield();
        }
    }

    public void Dispose()
    {
        SqliteReader[] readers;
        lock (_gate)
        {
            (_closed, readers, _readers) = (true, _readers, []);
        }

        foreach (var reader in readers.Where(r => r.TryEnter()))
        {
            reader.Dispose();
        }
    }

    private static SqliteReader? Free(SqliteReader[] readers)
    {
        for (int i = 0, first = Environment.CurrentManagedThreadId; i < readers.Length; i++)
        {
            var reader = readers[(first + i) % readers.Length];
            if (reader.TryEnter())
            {
                return reader;
            }
        }

        return null;
    }

    private async ValueTask<T> OpenAsync<TState, T>(string sql, TState state, Func<SqliteStatement, TState, T> read, CancellationToken ct)
    {
        var reader = await database.OpenReaderAsync(ct);
        reader.TryEnter();
        return Read(reader, Keep(reader), sql, state, read);
    }

    private T Read<TState, T>(SqliteReader reader, bool kept, string sql, TState state, Func<SqliteStatement, TState, T> read)
    {
        try
        {
            reader.Lent?.Invoke(sql);
            reader.Begin();
            var statement = reader.Statement(sql);
            var result = read(statement, state);
            statement.Reset();
            reader.Leave();
            if ((!kept || Volatile.Read(ref _closed)) && reader.TryEnter())
            {
                reader.Dispose();
            }

            return result;
        }
        catch
        {
            Forget(reader);
            reader.Dispose();
            throw;
        }
    }

    private bool Keep(SqliteReader reader)
    {
        lock (_gate)
        {
            if (_closed || _readers.Length == MostReaders)
            {
                return false;
            }

            _readers = [.. _readers, reader];
            return true;
        }
    }

    private void Forget(SqliteReader reader)
    {
        lock (_gate)
        {
            _readers = [.. _readers.Where(r => !ReferenceEquals(r, reader))];
        }
    }
}
