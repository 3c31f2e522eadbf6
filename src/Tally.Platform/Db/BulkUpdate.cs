using System.Data.Common;

namespace Tally.Platform.Db;

/// <summary>Many rows changed in one go, each by its id.</summary>
public static class BulkUpdate
{
    /// <summary>
    /// Sets <paramref name="columns"/> on the rows with these <paramref name="ids"/>; each column has one value a row. <paramref name="also"/> is added to the SET list as it
    /// stands (<c>version = version + 1</c>).
    /// </summary>
    /// <returns>How many rows were there.</returns>
    public static Task<int> ByIdAsync(WriteTransaction tx, string table, long[] ids, string? also, CancellationToken ct, params BulkColumn[] columns) =>
        WhereAsync(tx, table, ids, [], also, columns, ct);

    /// <summary>The same for those rows in which a column, none of those that are set, still has the value that <paramref name="still"/> says.</summary>
    /// <returns>How many rows were so.</returns>
    public static Task<int> ByIdAsync(WriteTransaction tx, string table, long[] ids, BulkColumn still, CancellationToken ct, params BulkColumn[] columns) =>
        WhereAsync(tx, table, ids, [still], null, columns, ct);

    private static async Task<int> WhereAsync(WriteTransaction tx, string table, long[] ids, BulkColumn[] still, string? also, BulkColumn[] columns, CancellationToken ct)
    {
        if (columns.Concat(still).Any(c => c.Values.Length != ids.Length || (c.Changed is { } changed && changed.Length != ids.Length)))
        {
            throw new ArgumentException("The columns of a bulk update differ in length.", nameof(columns));
        }

        if (columns.Length > 64)
        {
            throw new ArgumentException("A bulk update takes up to 64 columns.", nameof(columns));
        }

        BulkColumn[] keys = [new("id", ids), .. still];
        return ids.Length == 0 ? 0 : tx.Kind == DatabaseKind.Postgres ? await AtOnceAsync(tx, table, keys, also, columns, ct) : await OneByOneAsync(tx, table, keys, also, columns, ct);
    }

    // PostgreSQL itself sees whether what is in an index has become another value.
    private static async Task<int> AtOnceAsync(WriteTransaction tx, string table, BulkColumn[] keys, string? also, BulkColumn[] columns, CancellationToken ct)
    {
        var set = string.Join(", ", columns.Select(c => $"{c.Name} = d.{c.Name}")) + (also is null ? "" : ", " + also);
        BulkColumn[] all = [.. keys, .. columns];
        var names = string.Join(", ", all.Select(c => c.Name));
        var values = string.Join(", ", all.Select(c => "@" + c.Name));
        var where = string.Join(" AND ", keys.Select(k => $"{table}.{k.Name} = d.{k.Name}"));
        await using var command = tx.Command($"UPDATE {table} SET {set} FROM unnest({values}) AS d ({names}) WHERE {where}");
        foreach (var column in all)
        {
            BulkInsert.Add(command, column.Name, column.Values);
        }

        return await command.ExecuteNonQueryAsync(ct);
    }

    // SQLite writes the entries of every index anew that has a column which is named, whatever its value: so in each row only those are named that have changed.
    private static async Task<int> OneByOneAsync(WriteTransaction tx, string table, BulkColumn[] keys, string? also, BulkColumn[] columns, CancellationToken ct)
    {
        var updates = new Dictionary<ulong, RowUpdate>();
        try
        {
            var changed = 0;
            for (var row = 0; row < keys[0].Values.Length; row++)
            {
                var named = Named(columns, row, also);
                if (!updates.TryGetValue(named, out var update))
                {
                    updates.Add(named, update = new RowUpdate(tx, table, [.. columns.Where((_, i) => (named >> i & 1) != 0)], keys, also));
                }

                changed += await update.RunAsync(row, ct);
            }

            return changed;
        }
        finally
        {
            foreach (var update in updates.Values)
            {
                await update.DisposeAsync();
            }
        }
    }

    /// <summary>Which columns a row's statement names, a bit each. A statement has to say something: where nothing has changed and nothing is added, it names them all.</summary>
    private static ulong Named(BulkColumn[] columns, int row, string? also)
    {
        var all = ulong.MaxValue >> (64 - columns.Length);
        var named = all;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Changed is { } changed && !changed[row])
            {
                named &= ~(1UL << i);
            }
        }

        return named == 0 && also is null ? all : named;
    }

    /// <summary>SQLite's statement for the rows in which the same columns are set: a kept one, or one of ADO.NET's.</summary>
    private sealed class RowUpdate : IAsyncDisposable
    {
        /// <summary>The columns that are set, then those that say which row.</summary>
        private readonly BulkColumn[] _columns;
        private readonly SqliteStatement? _kept;
        private readonly DbCommand? _command;

        public RowUpdate(WriteTransaction tx, string table, BulkColumn[] columns, BulkColumn[] keys, string? also)
        {
            _columns = [.. columns, .. keys];
            var sql = $"UPDATE {table} SET {string.Join(", ", columns.Select(Is).Concat(also is null ? [] : [also]))} WHERE {string.Join(" AND ", keys.Select(Is))}";
            if (tx.Connection is SqliteWriter writer && Array.TrueForAll(_columns, c => SqliteColumn.CanBind(c.Values)) && writer.Find(sql) is { } kept)
            {
                _kept = kept;
                return;
            }

            _command = tx.Command(sql);
            foreach (var column in _columns)
            {
                BulkInsert.Add(_command, column.Name, DBNull.Value);
            }
        }

        public async Task<int> RunAsync(int row, CancellationToken ct)
        {
            if (_kept is not null)
            {
                return SqliteColumn.Update(_kept, _columns, row);
            }

            for (var column = 0; column < _columns.Length; column++)
            {
                _command!.Parameters[column].Value = _columns[column].Values.GetValue(row) ?? DBNull.Value;
            }

            return await _command!.ExecuteNonQueryAsync(ct);
        }

        public ValueTask DisposeAsync() => _command?.DisposeAsync() ?? default;

        private static string Is(BulkColumn column) => $"{column.Name} = @{column.Name}";
    }
}
