using System.Globalization;
using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Bench;

/// <summary>
/// Makes a large store of a small one: copies its orders with their charges, again and again, and takes the copies' price off the wallets, so that the ledger still holds (<c>tally ledger verify</c>).
/// For a store that <see cref="Seed"/> has just filled: each wallet with one top-up and then only charges.
/// </summary>
internal static class Grow
{
    private const int RowsAtOnce = 200_000;

    /// <returns>How far the ids of one copy are from those of the one before, and how many copies there are; printed as RESULT too.</returns>
    public static async Task<int> RunAsync(string database, long orders, CancellationToken ct)
    {
        await using var store = Database.Open(database);
        var (count, span) = await OneAsync(store, "SELECT COUNT(*), MAX(id) FROM orders", ct);
        var copies = Math.Max(0, (orders / count) - 1);
        var step = Math.Max(1, RowsAtOnce / count);
        for (var first = 1L; first <= copies; first += step)
        {
            var last = Math.Min(copies, first + step - 1);
            await store.WriteAsync(tx => CopyAsync(tx, span, first, last, ct), ct);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.Kind}: {(last + 1) * count} of {orders} orders"));
        }

        await store.WriteAsync(tx => TakeOffAsync(tx, span, copies, ct), ct);
        await TidyAsync(store, ct);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""RESULT {"span": {{span}}, "copies": {{copies}}, "orders": {{(copies + 1) * count}}}"""));
        return 0;
    }

    private static async Task<int> CopyAsync(WriteTransaction tx, long span, long first, long last, CancellationToken ct)
    {
        var numbers = tx.Kind == DatabaseKind.Postgres
            ? "WITH copies (k) AS (SELECT generate_series(@first, @last))"
            : "WITH RECURSIVE copies (k) AS (VALUES (@first) UNION ALL SELECT k + 1 FROM copies WHERE k < @last)";
        var columns = (await ColumnsAsync(tx, ct)).Where(c => c != "id").ToList();
        var values = new { span, first, last, charge = (short)Reason.Charge };
        await ExecuteAsync(tx, $"INSERT INTO orders (id, {string.Join(", ", columns)}) {numbers} SELECT id + k * @span, {string.Join(", ", columns)} FROM copies, orders WHERE id <= @span", values, ct);
        return await ExecuteAsync(
            tx,
            $"""
            INSERT INTO ledger_transfers (subject, reason, sequence, debit, credit, amount, wallet, wallet_version, wallet_balance, note, created_at)
            {numbers}
            SELECT t.subject + k * @span, t.reason, t.sequence, t.debit, t.credit, t.amount, t.wallet, t.wallet_version + k * w.charges, t.wallet_balance - k * w.total, t.note, t.created_at
            FROM copies, ledger_transfers t JOIN ({Charges}) w ON w.wallet = t.wallet WHERE t.reason = @charge AND t.subject <= @span
            """,
            values, ct);
    }

    private const string Charges = "SELECT wallet, COUNT(*) AS charges, SUM(amount) AS total FROM ledger_transfers WHERE reason = @charge AND subject <= @span GROUP BY wallet";

    private static async Task<int> TakeOffAsync(WriteTransaction tx, long span, long copies, CancellationToken ct)
    {
        var values = new { span, copies, charge = (short)Reason.Charge, next = ((copies + 1) * span) + 1 };
        await ExecuteAsync(
            tx, $"UPDATE ledger_wallets SET version = version + @copies * w.charges, balance = balance - @copies * w.total FROM ({Charges}) w WHERE w.wallet = ledger_wallets.account_id", values, ct);
        return await ExecuteAsync(tx, "UPDATE id_blocks SET next = @next WHERE name = 'order'", values, ct);
    }

    // What a store that has been in use for a while has done by itself.
    private static async Task TidyAsync(Database store, CancellationToken ct)
    {
        await using var connection = await store.OpenReadAsync(ct);
        var work = store.Kind == DatabaseKind.Postgres ? ["VACUUM (ANALYZE)", "CHECKPOINT"] : (string[])["ANALYZE ", "PRAGMA wal_checkpoint(TRUNCATE)"];
        foreach (var sql in work)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.CommandTimeout = 3_600;
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<List<string>> ColumnsAsync(WriteTransaction tx, CancellationToken ct)
    {
        await using var command = tx.Command("SELECT * FROM orders LIMIT 0");
        await using var reader = await command.ExecuteReaderAsync(ct);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    private static Task<int> ExecuteAsync(WriteTransaction tx, string sql, object values, CancellationToken ct) =>
        tx.Connection.ExecuteAsync(new CommandDefinition(sql, values, tx.Transaction, commandTimeout: 3_600, cancellationToken: ct));

    private static async Task<(long Count, long Last)> OneAsync(Database store, string sql, CancellationToken ct)
    {
        await using var connection = await store.OpenReadAsync(ct);
        return await connection.QuerySingleAsync<(long, long)>(new CommandDefinition(sql, cancellationToken: ct));
    }
}
