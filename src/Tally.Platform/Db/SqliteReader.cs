using Microsoft.Data.Sqlite;

namespace Tally.Platform.Db;

/// <summary>A connection that reads, with one statement kept prepared on it. One thread at a time.</summary>
public sealed class SqliteReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin, _end;

    /// <param name="connection">Open; it ends with this object.</param>
    /// <exception cref="ArgumentException">The text is not exactly one statement.</exception>
    internal SqliteReader(SqliteConnection connection, string sql)
    {
        _connection = connection;
        Statement = Prepare(sql);
        (_begin, _end) = (Prepare("BEGIN"), Prepare("COMMIT"));
    }

    public SqliteStatement Statement { get; }

    /// <summary>Called each time that it is lent to somebody who reads; null = nobody counts.</summary>
    public Action? Lent { get; set; }

    /// <summary>From here to <see cref="End"/> all is read from one state of the store, whose lock is taken once and not for every run.</summary>
    public void Begin() => Run(_begin);

    public void End() => Run(_end);

    public void Dispose()
    {
        Statement.Dispose();
        _begin.Dispose();
        _end.Dispose();
        _connection.Dispose();
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
