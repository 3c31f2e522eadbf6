namespace Tally.Platform.Db;

/// <summary>Many rows changed in one go, each by its id.</summary>
public static class BulkUpdate
{
    /// <summary>
    /// Sets <paramref name="columns"/> on the rows with these <paramref name="ids"/>; each column has one value a row. <paramref name="also"/> is added to the SET list as it
    /// stands (<c>version = version + 1</c>).
    /// </summary>
    /// <returns>How many rows were there.</returns>
    public static async Task<int> ByIdAsync(WriteTransaction tx, string table, long[] ids, string? also, CancellationToken ct, params BulkColumn[] columns)
    {
        if (Array.Exists(columns, c => c.Values.Length != ids.Length))
        {
            throw new ArgumentException("The columns of a bulk update differ in length.", nameof(columns));
        }

        if (ids.Length == 0)
        {
            return 0;
        }

        var tail = also is null ? "" : ", " + also;
        if (tx.Kind == DatabaseKind.Postgres)
        {
            var set = string.Join(", ", columns.Select(c => $"{c.Name} = d.{c.Name}")) + tail;
            var names = string.Join(", ", columns.Select(c => c.Name));
            var values = string.Join(", ", columns.Select(c => "@" + c.Name));
            await using var command = tx.Command($"UPDATE {table} SET {set} FROM unnest(@id, {values}) AS d (row_id, {names}) WHERE {table}.id = d.row_id");
            BulkInsert.Add(command, "id", ids);
            foreach (var column in columns)
            {
                BulkInsert.Add(command, column.Name, column.Values);
            }

            return await command.ExecuteNonQueryAsync(ct);
        }

        await using var update = tx.Command($"UPDATE {table} SET {string.Join(", ", columns.Select(c => $"{c.Name} = @{c.Name}"))}{tail} WHERE id = @id");
        var key = BulkInsert.Add(update, "id", 0L);
        var bound = columns.Select(c => BulkInsert.Add(update, c.Name, DBNull.Value)).ToArray();
        var changed = 0;
        for (var row = 0; row < ids.Length; row++)
        {
            key.Value = ids[row];
            for (var column = 0; column < bound.Length; column++)
            {
                bound[column].Value = columns[column].Values.GetValue(row) ?? DBNull.Value;
            }

            changed += await update.ExecuteNonQueryAsync(ct);
        }

        return changed;
    }
}
