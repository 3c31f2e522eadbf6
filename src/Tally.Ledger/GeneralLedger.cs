using System.Data.Common;
using Tally.Ledger.Stores;

namespace Tally.Ledger;

public enum LedgerDialect
{
    Sqlite,
    Postgres,
}

/// <summary>
/// The only door to the tables ledger_*. Writes go through a transaction of the caller's, so that money and what it is for commit together.
/// Holds no state: one instance serves the whole process.
/// </summary>
public sealed class GeneralLedger(LedgerDialect dialect)
{
    /// <summary>Entries that one page of a statement may ask for.</summary>
    public const int MaxStatementPage = 10_000;

    private readonly LedgerStore _store = LedgerStore.For(dialect);

    /// <summary>One wallet's balance, by <c>@account</c>: for callers that keep the statement prepared.</summary>
    public const string BalanceQuery = "SELECT balance FROM ledger_wallets WHERE account_id = @account";

    /// <summary>Gives the account a wallet with balance 0. A wallet that exists stays as it is, its credit limit too.</summary>
    /// <param name="creditLimit">How far below 0 the balance may go, 0 or more.</param>
    public async Task OpenWalletAsync(DbTransaction tx, long accountId, Money creditLimit, CancellationToken ct)
    {
        var wallet = LedgerAccount.Wallet(accountId);
        ArgumentOutOfRangeException.ThrowIfNegative(creditLimit.Units, nameof(creditLimit));
        await using var command = tx.Command(LedgerStore.OpenWallet).Add("@id", wallet.Code).Add("@limit", creditLimit.Units);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <param name="creditLimit">How far below 0 the balance may go, 0 or more.</param>
    /// <exception cref="UnknownWalletException">The account has no wallet.</exception>
    /// <exception cref="CreditLimitTooLowException">The balance is below minus the new limit already.</exception>
    public async Task SetCreditLimitAsync(DbTransaction tx, long accountId, Money creditLimit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(creditLimit.Units, nameof(creditLimit));
        var locked = await _store.ReadAsync(tx, [accountId], [], [], ct);
        if (locked.Wallets is not [var wallet])
            throw new UnknownWalletException(accountId);
        if (wallet.Balance < -creditLimit)
            throw new CreditLimitTooLowException(accountId, wallet.Balance, creditLimit);

        await using var command = tx.Command("UPDATE ledger_wallets SET credit_limit = @limit WHERE account_id = @id");
        await command.Add("@limit", creditLimit.Units).Add("@id", accountId).ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Locks the wallets in order of their ids (so that two batches never wait for each other in a circle) and reads every transfer that these
    /// orders and payments have. Once per transaction: a second batch would lock out of order. An empty collection costs no query.
    /// </summary>
    /// <param name="wallets">Account ids of every wallet that a posting may touch.</param>
    /// <param name="orders">Orders that may have transfers already. One that was made in this transaction needs no mention.</param>
    /// <param name="payments">Payments that may have transfers already; likewise.</param>
    public async Task<LedgerBatch> OpenBatchAsync(
        DbTransaction tx, IReadOnlyCollection<long> wallets, IReadOnlyCollection<long> orders, IReadOnlyCollection<long> payments, CancellationToken ct)
    {
        var content = await _store.ReadAsync(tx, wallets, orders, payments, ct);
        return new LedgerBatch(_store, tx, content, orders);
    }

    /// <summary>The wallet's balance; null when the account has no wallet.</summary>
    public async Task<Money?> BalanceAsync(DbConnection c, long accountId, CancellationToken ct)
    {
        await using var command = c.Command(BalanceQuery).Add("@account", accountId);
        return await command.ExecuteScalarAsync(ct) is long units ? new Money(units) : null;
    }

    /// <summary>The balances of those of the accounts that have a wallet.</summary>
    public async Task<IReadOnlyDictionary<long, Money>> BalancesAsync(DbConnection c, long[] accountIds, CancellationToken ct)
    {
        if (accountIds.Length == 0)
            return new Dictionary<long, Money>();
        await using var command = BalancesCommand(c, accountIds);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var balances = new Dictionary<long, Money>(accountIds.Length);
        while (await reader.ReadAsync(ct))
            balances[reader.GetInt64(0)] = new Money(reader.GetInt64(1));
        return balances;
    }

    /// <summary>The same for a thread that may wait for the store.</summary>
    public IReadOnlyDictionary<long, Money> Balances(DbConnection c, long[] accountIds)
    {
        if (accountIds.Length == 0)
            return new Dictionary<long, Money>();
        using var command = BalancesCommand(c, accountIds);
        using var reader = command.ExecuteReader();
        var balances = new Dictionary<long, Money>(accountIds.Length);
        while (reader.Read())
            balances[reader.GetInt64(0)] = new Money(reader.GetInt64(1));
        return balances;
    }

    /// <summary>Totals of all orders in (<paramref name="afterOrder"/>, <paramref name="upToOrder"/>] that have transfers, sorted by order id.</summary>
    /// <exception cref="OverflowException">A total does not fit.</exception>
    public async Task<IReadOnlyList<OrderTotals>> OrderTotalsAsync(DbConnection c, long afterOrder, long upToOrder, CancellationToken ct)
    {
        await using var command = c.Command($"""
            SELECT {StoredTransfer.Columns} FROM ledger_transfers
            WHERE subject > @after AND subject <= @upto AND reason < 100 ORDER BY subject
            """).Add("@after", afterOrder).Add("@upto", upToOrder);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var orders = new List<OrderTotals>();
        while (await reader.ReadAsync(ct))
        {
            var transfer = StoredTransfer.Read(reader);
            if (orders.Count == 0 || orders[^1].Order != transfer.Key.Subject)
                orders.Add(OrderTotals.None(transfer.Key.Subject));
            orders[^1] = orders[^1].Plus(transfer.Key.Reason, transfer.Debit, transfer.Amount);
        }

        return orders;
    }

    /// <summary>
    /// What moved between an order and its customer, oldest first: the charge, refunds, and of a drip-feed what went on to its runs. What the house does with the money inside (revenue, cost) is
    /// none of the customer's.
    /// </summary>
    public async Task<IReadOnlyList<OrderMovement>> OrderTrailAsync(DbConnection c, long order, CancellationToken ct)
    {
        await using var command = c.Command($"""
            SELECT {StoredTransfer.Columns}, wallet_balance, created_at FROM ledger_transfers
            WHERE subject = @order AND reason IN ({(short)Reason.Charge}, {(short)Reason.Refund}, {(short)Reason.RunFunding})
            """).Add("@order", order);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var movements = new List<OrderMovement>();
        while (await reader.ReadAsync(ct))
        {
            var transfer = StoredTransfer.Read(reader);
            var effect = transfer.Key.Reason switch { Reason.Charge => -transfer.Amount, Reason.Refund => transfer.Amount, _ => Money.Zero };
            movements.Add(new OrderMovement(
                transfer.Key.Reason, transfer.Key.Sequence, transfer.Amount, effect, await reader.IsDBNullAsync(6, ct) ? null : new Money(reader.GetInt64(6)), reader.GetInt64(7)));
        }

        return [.. movements.OrderBy(m => m.CreatedAtMs).ThenBy(m => m.Reason).ThenBy(m => m.Sequence)];
    }

    /// <summary>A page of a wallet's entries, newest first.</summary>
    /// <param name="beforeVersion">Only entries older than this version; <see cref="long.MaxValue"/> for the first page, then the last entry's version.</param>
    /// <param name="limit">1 … <see cref="MaxStatementPage"/>.</param>
    /// <param name="only">Only entries of this kind; null = all.</param>
    public async Task<IReadOnlyList<WalletEntry>> StatementAsync(DbConnection c, long accountId, long beforeVersion, int limit, CancellationToken ct, Reason? only = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxStatementPage);
        await using var command = c.Command($"""
            SELECT {StoredTransfer.Columns}, wallet_version, wallet_balance, created_at, note FROM ledger_transfers
            WHERE wallet = @wallet AND wallet_version < @before{OfKind(only)} ORDER BY wallet_version DESC LIMIT @limit
            """).Add("@wallet", accountId).Add("@before", beforeVersion).Add("@limit", limit);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<WalletEntry>();
        while (await reader.ReadAsync(ct))
        {
            var transfer = StoredTransfer.Read(reader);
            entries.Add(new WalletEntry(
                reader.GetInt64(6),
                transfer.Key,
                transfer.Debit.IsWallet ? transfer.Credit : transfer.Debit,
                transfer.WalletDelta,
                new Money(reader.GetInt64(7)),
                reader.GetInt64(8),
                await reader.IsDBNullAsync(9, ct) ? null : reader.GetString(9)));
        }

        return entries;
    }

    /// <summary>All transfers of the payments in (<paramref name="afterPayment"/>, <paramref name="upToPayment"/>], sorted by payment.</summary>
    public async Task<IReadOnlyList<PaymentTransfer>> PaymentTransfersAsync(DbConnection c, long afterPayment, long upToPayment, CancellationToken ct)
    {
        await using var command = c.Command($"""
            SELECT {StoredTransfer.Columns} FROM ledger_transfers
            WHERE subject > @after AND subject <= @upto AND reason >= 100 ORDER BY subject, reason, sequence
            """).Add("@after", afterPayment).Add("@upto", upToPayment);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var transfers = new List<PaymentTransfer>();
        while (await reader.ReadAsync(ct))
        {
            var transfer = StoredTransfer.Read(reader);
            transfers.Add(new PaymentTransfer(transfer.Key, transfer.WalletId, transfer.WalletDelta));
        }

        return transfers;
    }

    /// <summary>
    /// What a wallet has spent on orders over a stretch of its entries. Entries are numbered without gaps and never change, so that stretches which follow each other add up to the whole, whatever
    /// the clocks of the nodes that wrote them.
    /// </summary>
    /// <param name="afterVersion">The stretch begins behind the entry of this version; 0 = with the first.</param>
    /// <param name="entries">Its longest length, 1 or more.</param>
    /// <param name="slotMs">The length of a slot, 1 or more.</param>
    public async Task<SpendingStretch> SpendingAsync(DbConnection c, long accountId, long afterVersion, int entries, long slotMs, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotMs, 1);
        await using var command = c.Command($"""
            SELECT created_at / @slot AS slot, CAST(SUM(CASE WHEN reason = {(short)Reason.Charge} THEN amount ELSE 0 END) AS BIGINT),
              CAST(SUM(CASE WHEN reason = {(short)Reason.Refund} THEN amount ELSE 0 END) AS BIGINT), MAX(wallet_version), COUNT(*)
            FROM ledger_transfers WHERE wallet = @wallet AND wallet_version > @after AND wallet_version <= @upto GROUP BY 1 ORDER BY 1
            """).Add("@slot", slotMs).Add("@wallet", accountId).Add("@after", afterVersion).Add("@upto", afterVersion + entries);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (upTo, found, slots) = (afterVersion, 0, new List<SpendingSlot>());
        while (await reader.ReadAsync(ct))
        {
            slots.Add(new SpendingSlot(reader.GetInt64(0), new Money(reader.GetInt64(1)), new Money(reader.GetInt64(2))));
            (upTo, found) = (Math.Max(upTo, reader.GetInt64(3)), found + (int)reader.GetInt64(4));
        }

        return new SpendingStretch(upTo, found, slots);
    }

    /// <summary>
    /// Recomputes everything inside the ledger and names the first row that does not hold (docs/ledger.md, "What verify proves").
    /// Reads all of it: the caller gives a connection inside a read-only snapshot transaction.
    /// </summary>
    public Task<LedgerReport> VerifyAsync(DbConnection c, IProgress<string>? progress, CancellationToken ct) => new LedgerVerification(c, progress).RunAsync(ct);

    private DbCommand BalancesCommand(DbConnection c, long[] accountIds) => c.Command(_store.BalancesById).Add("@ids", _store.Ids(accountIds));

    // Written out and not as a parameter, so that both stores see that the index by kind, which leaves charges out, serves it.
    private static string OfKind(Reason? only) => only switch
    {
        null => "",
        Reason.Charge => " AND reason = 1",
        var kind => FormattableString.Invariant($" AND reason <> 1 AND reason = {(short)kind}"),
    };
}
