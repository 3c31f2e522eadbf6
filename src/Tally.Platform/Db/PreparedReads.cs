using System.Collections.Concurrent;

namespace Tally.Platform.Db;

/// <summary>One query, kept open and prepared on a few connections, for hot reads inside the process (SQLite).</summary>
public sealed class PreparedReads(Database database, string sql) : IDisposable
{
    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private bool _closed;

    /// <summary>Lends the statement to <paramref name="read"/>, which binds its values and steps through its rows once.</summary>
    public ValueTask<T> UseAsync<TState, T>(TState state, Func<SqliteStatement, TState, T> read, CancellationToken ct) => UseAsync(state, read, together: false, ct);

    /// <summary>The same for a <paramref name="read"/> that runs the statement many times (and resets it after each): all from one state of the store.</summary>
    public ValueTask<T> UseTogetherAsync<TState, T>(TState state, Func<SqliteStatement, TState, T> read, CancellationToken ct) => UseAsync(state, read, together: true, ct);

    public void Dispose()
    {
        Volatile.Write(ref _closed, true);
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private async ValueTask<T> UseAsync<TState, T>(TState state, Func<SqliteStatement, TState, T> read, bool together, CancellationToken ct)
    {
        if (!_idle.TryTake(out var reader))
        {
            reader = await database.OpenReaderAsync(sql, ct);
        }

        try
        {
            reader.Lent?.Invoke();
            var result = together ? ReadTogether(reader, state, read) : Read(reader, state, read);
            if (Volatile.Read(ref _closed))
            {
                reader.Dispose();
            }
            else
            {
                _idle.Add(reader);
            }

            return result;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static T Read<TState, T>(SqliteReader reader, TState state, Func<SqliteStatement, TState, T> read)
    {
        var result = read(reader.Statement, state);
        reader.Statement.Reset();
        return result;
    }

    private static T ReadTogether<TState, T>(SqliteReader reader, TState state, Func<SqliteStatement, TState, T> read)
    {
        reader.Begin();
        var result = Read(reader, state, read);
        reader.End();
        return result;
    }
}
