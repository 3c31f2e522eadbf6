using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tally.Platform.Db;

/// <summary>
/// A connection that reads, with a few statements kept prepared on it, for one user at a time. It stays in the state of the store that it has begun to read until this process commits, or for
/// 10 ms, since other processes (a command beside a running server) commit too.
/// </summary>
public sealed class SqliteReader : IDisposable
{
    private static readonly long LongestState = Stopwatch.Frequency / 100;
    private readonly SqliteConnection _connection;
    private readonly SqliteSnapshots _snapshots;
    private readonly SqliteStatement _begin, _end;
    private readonly List<(string Sql, SqliteStatement Statement)> _statements = [];
    private int _used;
    private bool _inState;
    private long _commits, _since;

    /// <param name="connection">Open; it ends with this object.</param>
    internal SqliteReader(SqliteConnection connection, SqliteSnapshots snapshots)
    {
        (_connection, _snapshots) = (connection, snapshots);
        (_begin, _end) = (Prepare("BEGIN"), Prepare("COMMIT"));
        snapshots.Add(this);
    }

    /// <summary>Called with its text each time that a statement is lent to somebody who reads; null = nobody counts.</summary>
    public Action<string>? Lent { get; set; }

    /// <summary>How much of the store it remembers, bytes.</summary>
    internal int RememberedBytes
    {
        get
        {
            var asked = raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_USED, out var bytes, out _, 0);
            return asked == raw.SQLITE_OK ? bytes : throw new InvalidOperationException($"SQLite does not say what it remembers ({asked}).");
        }
    }

    /// <summary>Takes it for oneself, if nobody has it; until <see cref="Leave"/>.</summary>
    public bool TryEnter() => Volatile.Read(ref _used) == 0 && Interlocked.CompareExchange(ref _used, 1, 0) == 0;

    public void Leave() => Volatile.Write(ref _used, 0);

    /// <summary>From here to <see cref="Leave"/> all is read from one state of the store, which has everything that was committed before.</summary>
    public void Begin()
    {
        // The count before the state: what is committed in between is in the state, and looked for once more.
        var (commits, now) = (_snapshots.Commits, Stopwatch.GetTimestamp());
        if (_inState && commits == _commits && now - _since < LongestState)
        {
            return;
        }

        End();
        Run(_begin);
        (_inState, _commits, _since) = (true, commits, now);
    }

    /// <summary>Ends the state if nobody uses the reader. Never fails, for the writer calls it when it has committed.</summary>
    internal void EndIdle()
    {
        if (Volatile.Read(ref _inState) && TryEnter())
        {
            try
            {
                End();
            }
            catch (SqliteException)
            {
                // Tried again by whoever reads next, who is told what is wrong if it still is.
            }

            Leave();
        }
    }

    /// <summary>The statement of that text, which stays prepared; only for whoever has entered.</summary>
    /// <exception cref="ArgumentException">The text is not exactly one statement.</exception>
    public SqliteStatement Statement(string sql)
    {
        foreach (var (text, prepared) in _statements)
        {
            if (text == sql)
            {
                return prepared;
            }
        }

        var statement = Prepare(sql);
        _statements.Add((sql, statement));
        return statement;
    }

    /// <summary>Lets go of the pages that it remembers, if nobody uses it.</summary>
    internal void Shrink()
    {
        EndIdle();
        if (TryEnter())
        {
            try
            {
                Run(Statement("PRAGMA shrink_memory"));
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <summary>Closes it; only for whoever has entered.</summary>
    public void Dispose()
    {
        _snapshots.Remove(this);
        _statements.ForEach(static s => s.Statement.Dispose());
        _begin.Dispose();
        _end.Dispose();
        _connection.Dispose();
    }

    private void End()
    {
        if (_inState)
        {
            Run(_end);
            _inState = false;
        }
    }

    private static void Run(SqliteStatement statement)
    {
        try
        {
            statement.Step();
        }
        finally
        {
            statement.Reset();
        }
    }

    private SqliteStatement Prepare(string sql) => SqliteStatement.Prepare(_connection, sql) ?? throw new ArgumentException($"Not one statement: {sql}", nameof(sql));
}
