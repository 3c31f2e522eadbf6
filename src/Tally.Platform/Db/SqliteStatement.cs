using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tally.Platform.Db;

/// <summary>
/// A statement of SQLite that stays prepared and takes its values by position. ADO.NET looks every parameter up by its name for every run and wraps every value and every
/// row in an object, which costs more than what the statement does. One thread at a time.
/// </summary>
public sealed class SqliteStatement : IDisposable
{
    private const int LongestOnStack = 512;
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    private SqliteStatement(sqlite3 db, sqlite3_stmt statement)
    {
        (_db, _statement) = (db, statement);
        Parameters = raw.sqlite3_bind_parameter_count(statement);
    }

    /// <summary>How many parameters it has.</summary>
    public int Parameters { get; }

    /// <summary>How many rows the last insert, update or delete on this connection has changed.</summary>
    public int Changes => raw.sqlite3_changes(_db);

    /// <summary>Prepares a text; null when it does not hold exactly one statement.</summary>
    /// <exception cref="SqliteException">SQLite does not understand it.</exception>
    public static SqliteStatement? Prepare(SqliteConnection connection, string sql)
    {
        var db = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement, out var rest), db);
        if (statement.IsInvalid || !string.IsNullOrWhiteSpace(rest))
        {
            statement.Dispose();
            return null;
        }

        return new SqliteStatement(db, statement);
    }

    /// <summary>A parameter's position, from 1; 0 when there is none of that name, with or without its <c>@</c>.</summary>
    public int IndexOf(string parameter) =>
        raw.sqlite3_bind_parameter_index(_statement, parameter) is > 0 and var index ? index : raw.sqlite3_bind_parameter_index(_statement, "@" + parameter);

    /// <param name="index">From 1.</param>
    public void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    /// <param name="index">From 1.</param>
    public void Bind(int index, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, index));
            return;
        }

        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = longest > LongestOnStack ? ArrayPool<byte>.Shared.Rent(longest) : null;
        var bytes = rented ?? stackalloc byte[LongestOnStack];
        Check(raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <param name="index">From 1.</param>
    public void Bind(int index, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(_statement, index, value));

    /// <summary>Goes on to the next row; false when there is none.</summary>
    /// <exception cref="SqliteException">SQLite says why not.</exception>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(result, _db);
        }

        return result == raw.SQLITE_ROW;
    }

    /// <param name="column">From 0.</param>
    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <param name="column">From 0.</param>
    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <param name="column">From 0.</param>
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>Ready to run again, without the values that were bound. What went wrong has been said by <see cref="Step"/>.</summary>
    public void Reset()
    {
        raw.sqlite3_reset(_statement);
        raw.sqlite3_clear_bindings(_statement);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _db);
        }
    }
}
