using Tally.Testing;

namespace Tally.Ledger.Tests;

/// <summary>What nobody may do: changes the ledger's tables by hand.</summary>
internal static class Corruption
{
    /// <summary>Takes away the triggers, constraints and indexes that would stand in the way.</summary>
    public static Task DisarmAsync(Books books) => books.ExecuteAsync(books.Kind == StoreKind.Sqlite
        ? "DROP TRIGGER ledger_transfers_no_update; DROP TRIGGER ledger_transfers_no_delete; DROP INDEX ledger_transfers_by_wallet"
        : """
          DROP TRIGGER ledger_transfers_append_only ON ledger_transfers; DROP INDEX ledger_transfers_by_wallet;
          ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_transfers_amount, DROP CONSTRAINT ledger_transfers_mark;
          ALTER TABLE ledger_wallets DROP CONSTRAINT ledger_wallets_credit_limit, DROP CONSTRAINT ledger_wallets_within_limit
          """);

    /// <summary>Runs the statement without SQLite's CHECK constraints, which cannot be dropped. They are back when the pooled connection is reused.</summary>
    public static Task<int> ExecuteAsync(Books books, string sql) =>
        books.ExecuteAsync(books.Kind == StoreKind.Sqlite ? $"PRAGMA ignore_check_constraints = ON; {sql}; PRAGMA ignore_check_constraints = OFF" : sql);

    /// <summary>Inserts a transfer without a wallet.</summary>
    public static Task<int> InsertAsync(Books books, long subject, Reason reason, int sequence, LedgerAccount debit, LedgerAccount credit, long units) =>
        ExecuteAsync(books, $"""
            INSERT INTO ledger_transfers (subject, reason, sequence, debit, credit, amount, created_at)
            VALUES ({subject}, {(short)reason}, {sequence}, {debit.Code}, {credit.Code}, {units}, 0)
            """);
}
