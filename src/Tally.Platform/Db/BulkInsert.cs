using System.Data.Common;

namespace Tally.Platform.Db;

/// <summary>A column of a bulk insert: its name and one value a row, as a typed array (<c>long[]</c>, <c>long?[]</c>, <c>string?[]</c>, …).</summary>
public readonly record struct BulkColumn(string Name, Array Values)
{
    /// <summary>For a <see cref="BulkUpdate"/>: in which rows the value is another one than the row has, where the caller knows; null = it does not.</summary>
    public bool[]? Changed { get; init; }
}

/// <summary>Many rows in one go: one statement over arrays on PostgreSQL, one prepared statement run again and again on SQLite.</summary>
public static class BulkInsert
{
    /// <summary>Inserts as many rows as the arrays have items; all arrays have the same length. No row, no statement.</summary>
    public static async Task IntoAsync(WriteTransaction tx, string table, CancellationToken ct, params BulkColumn[] columns)
    {
        var rows = columns[0].Values.Length;
        if (Array.Exists(columns, c => c.Values.Length != rows))
        {
            throw new ArgumentException("The columns of a bulk insert differ in length.", nameof(columns));
        }

        if (rows == 0)
        {
            return;
        }

        var names = string.Join(", ", columns.Select(c => c.Name));
        var parameters = string.Join(", ", columns.Select(c => "@" + c.Name));
        if (tx.Kind == DatabaseKind.Postgres)
        {
            await using var command = tx.Command($"INSERT INTO {table} ({names}) SELECT * FROM unnest({parameters})");
            foreach (var column in columns)
            {
                Add(command, column.Name, column.Values);
            }

            await command.ExecuteNonQueryAsync(ct);
            return;
        }

        var one = $"INSERT INTO {table} ({names}) VALUES ({parameters})";
        if (tx.Connection is SqliteWriter writer && Array.TrueForAll(columns, c => SqliteColumn.CanBind(c.Values)) && writer.Find(one) is { } kept)
        {
            SqliteColumn.Insert(kept, columns, rows);
            return;
        }

        await using var insert = tx.Command(one);
        var bound = columns.Select(c => Add(insert, c.Name, DBNull.Value)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < bound.Length; column++)
            {
                bound[column].Value = columns[column].Values.GetValue(row) ?? DBNull.Value;
            }

            await insert.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Adds a parameter to a command, to be set again and again.</summary>
    public static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
