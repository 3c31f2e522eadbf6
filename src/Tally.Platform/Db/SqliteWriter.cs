using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tally.Platform.Db;

/// <summary>
/// The connection that writes. What it is told again and again (an insert, an update, a delete of fixed text) stays prepared as long as the connection lives, whichever command
/// object says it.
/// </summary>
internal sealed class SqliteWriter(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>More texts than the panel has; who makes new ones all the time gets no more of them kept.</summary>
    private const int MostStatements = 200;

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE.</summary>
    private const int PagesWritten = 9;

    private readonly Dictionary<string, SqliteStatement?> _statements = new(StringComparer.Ordinal);

    public override SqliteCommand CreateCommand() => new SqliteWriterCommand(this) { CommandTimeout = DefaultTimeout, Transaction = Transaction };

    public override void Close()
    {
        foreach (var statement in _statements.Values)
        {
            statement?.Dispose();
        }

        _statements.Clear();
        base.Close();
    }

    /// <summary>The statement of a text; null when it is none of those that are kept.</summary>
    internal SqliteStatement? Find(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
        {
            return known;
        }

        if (_statements.Count == MostStatements || !Writes(sql))
        {
            return null;
        }

        return _statements[sql] = SqliteStatement.Prepare(this, sql);
    }

    /// <summary>How many pages this connection has written since it was last asked. Never fails.</summary>
    internal int TakeWrittenPages() => raw.sqlite3_db_status(Handle, PagesWritten, out var pages, out _, resetFlg: 1) == raw.SQLITE_OK ? pages : 0;

    private static bool Writes(string sql)
    {
        var text = sql.AsSpan().TrimStart();
        return text.StartsWith("INSERT ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("UPDATE ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("DELETE ", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Runs what writes and answers nothing as a kept statement; everything else, and values of rarer kinds, the usual way.</summary>
internal sealed class SqliteWriterCommand : SqliteCommand
{
    private readonly SqliteWriter _writer;
    private SqliteStatement? _bound;
    private int[] _indexes = [];

    public SqliteWriterCommand(SqliteWriter writer)
    {
        _writer = writer;
        Connection = writer;
    }

    public override int ExecuteNonQuery()
    {
        if (_writer.State != System.Data.ConnectionState.Open || _writer.Find(CommandText) is not { } statement || !CanBind(statement))
        {
            return base.ExecuteNonQuery();
        }

        try
        {
            for (var i = 0; i < _indexes.Length; i++)
            {
                Bind(statement, _indexes[i], Parameters[i].Value);
            }

            while (statement.Step())
            {
                // Rows that RETURNING gives, which nobody wants.
            }

            return statement.Changes;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Whether every parameter of the statement has a value that can be bound here.</summary>
    private bool CanBind(SqliteStatement statement)
    {
        if (!ReferenceEquals(_bound, statement) || _indexes.Length != Parameters.Count)
        {
            var indexes = new int[Parameters.Count];
            for (var i = 0; i < indexes.Length; i++)
            {
                indexes[i] = statement.IndexOf(Parameters[i].ParameterName);
            }

            (_bound, _indexes) = (statement, indexes);
        }

        if (_indexes.Length != statement.Parameters || Array.IndexOf(_indexes, 0) >= 0)
        {
            return false;
        }

        for (var i = 0; i < _indexes.Length; i++)
        {
            if (Parameters[i].Value is not (null or DBNull or long or int or short or string or bool or byte[]))
            {
                return false;
            }
        }

        return true;
    }

    private static void Bind(SqliteStatement statement, int index, object? value)
    {
        switch (value)
        {
            case long number:
                statement.Bind(index, number);
                break;
            case int number:
                statement.Bind(index, number);
                break;
            case short number:
                statement.Bind(index, number);
                break;
            case bool yes:
                statement.Bind(index, yes ? 1 : 0);
                break;
            case byte[] bytes:
                statement.Bind(index, bytes);
                break;
            default:
                statement.Bind(index, value as string);
                break;
        }
    }
}
