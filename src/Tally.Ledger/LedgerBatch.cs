using System.Data.Common;
using System.Runtime.InteropServices;
using Tally.Ledger.Stores;

namespace Tally.Ledger;

/// <summary>What became of a posting. Only <see cref="Posted"/> changes anything.</summary>
public enum PostOutcome
{
    Posted,

    /// <summary>The same key with the same accounts and amount stands already: the work was done before.</summary>
    Replayed,

    /// <summary>The same key stands already with other accounts or another amount.</summary>
    Conflict,

    /// <summary>The debited wallet would fall below minus its credit limit.</summary>
    InsufficientFunds,

    /// <summary>The wallet is not among those the batch was opened with, or has no row.</summary>
    UnknownWallet,

    /// <summary>The wallet's balance or a total of the order would not fit 64 bits.</summary>
    Overflow,
}

/// <summary>
/// Postings of one database transaction, decided in memory against locked wallets and written in bulk by <see cref="FlushAsync"/>.
/// Not thread-safe. Each posting sees those before it. Nothing is durable until the caller commits the transaction.
/// </summary>
public sealed class LedgerBatch
{
    private readonly LedgerStore _store;
    private readonly DbTransaction _transaction;
    private readonly Dictionary<long, WalletState> _wallets;
    private readonly Dictionary<long, OrderTotals> _orders = [];
    private readonly Dictionary<TransferKey, StoredTransfer> _transfers = [];
    private readonly Dictionary<(long Subject, Reason Reason), int> _lastSequences = [];
    private readonly List<Posting> _postings = [];
    private BatchState _state = BatchState.Open;

    internal LedgerBatch(LedgerStore store, DbTransaction transaction, BatchContent content, IReadOnlyCollection<long> orders)
    {
        _store = store;
        _transaction = transaction;
        _wallets = content.Wallets.ToDictionary(wallet => wallet.AccountId);
        foreach (var order in orders)
            _orders[order] = OrderTotals.None(order);
        foreach (var transfer in content.Transfers)
        {
            if (transfer.Key.Reason.IsOrderReason())
                _orders[transfer.Key.Subject] = _orders[transfer.Key.Subject].Plus(transfer.Key.Reason, transfer.Debit, transfer.Amount);
            Remember(transfer);
        }
    }

    private enum BatchState
    {
        Open,
        Flushed,
        Failed,
    }

    /// <summary>True when the wallet is among those the batch was opened with and has a row.</summary>
    public bool HasWallet(long accountId) => _wallets.ContainsKey(accountId);

    /// <summary>The balance with the postings so far.</summary>
    /// <exception cref="UnknownWalletException"><see cref="HasWallet"/> is false.</exception>
    public Money BalanceOf(long accountId) => WalletOf(accountId).Balance;

    /// <summary>Balance plus credit limit: the largest charge that would be posted.</summary>
    /// <exception cref="UnknownWalletException"><see cref="HasWallet"/> is false.</exception>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public Money SpendableOf(long accountId) => WalletOf(accountId).Balance + WalletOf(accountId).CreditLimit;

    /// <summary>The order's totals with the postings so far.</summary>
    /// <exception cref="InvalidOperationException">The batch was not opened with this order, so its transfers are not known.</exception>
    public OrderTotals TotalsOf(long order) => _orders.TryGetValue(order, out var totals) ? totals : throw NotOpened(order);

    /// <summary>A sequence that no transfer of this subject and reason has yet, from 1.</summary>
    /// <exception cref="InvalidOperationException">The subject is an order that the batch was not opened with, and the reason is not its first charge.</exception>
    public int NextSequence(long subject, Reason reason)
    {
        DemandKnown(subject, reason);
        return _lastSequences.GetValueOrDefault((subject, reason)) + 1;
    }

    /// <summary>
    /// Posts a transfer, or says why not. An order that the batch was not opened with is taken for a new one: its first posting must be its
    /// charge, and the table's primary key guards the assumption. The same holds for a payment.
    /// </summary>
    /// <exception cref="ArgumentException">The transfer's accounts do not fit its reason.</exception>
    /// <exception cref="InvalidOperationException">The batch was not opened with the transfer's order, or was flushed, or has failed.</exception>
    public PostOutcome TryPost(Transfer transfer)
    {
        DemandOpen();
        var stored = new StoredTransfer(transfer.Key, transfer.Debit, transfer.Credit, transfer.Amount);
        if (TransferRules.FindFault(stored.Key, stored.Debit, stored.Credit, stored.Amount.Units) is { } fault)
            throw new ArgumentException(fault, nameof(transfer));
        DemandKnown(stored.Key.Subject, stored.Key.Reason);

        if (_transfers.TryGetValue(stored.Key, out var existing))
            return existing == stored ? PostOutcome.Replayed : PostOutcome.Conflict;

        WalletState? wallet = null;
        if ((stored.Debit.IsWallet || stored.Credit.IsWallet) && !_wallets.TryGetValue(stored.WalletId, out wallet))
            return PostOutcome.UnknownWallet;
        if (wallet?.Refuses(stored.WalletDelta) is { } refusal)
            return refusal;
        if (stored.Key.Reason.IsOrderReason() && !TryAddToOrder(stored))
            return PostOutcome.Overflow;

        wallet?.Apply(stored.WalletDelta);
        Remember(stored);
        _postings.Add(new Posting(transfer, wallet?.AccountId, wallet?.Version, wallet?.Balance.Units));
        return PostOutcome.Posted;
    }

    /// <summary>Writes the new transfers and the wallets' increments. At most once; after a failure the batch is unusable and the caller rolls back.</summary>
    /// <exception cref="BrokenOrderException">An order would end with more refunded, earned or passed on than was charged. Nothing was written.</exception>
    /// <exception cref="DbException">The store refused; a unique violation means that another node was faster.</exception>
    /// <exception cref="InvalidOperationException">The batch was flushed before, or has failed.</exception>
    public async Task FlushAsync(CancellationToken ct)
    {
        DemandOpen();
        _state = BatchState.Failed;
        foreach (var posting in _postings)
        {
            if (posting.Transfer.Key.Reason.IsOrderReason() && _orders[posting.Transfer.Key.Subject].FindFault() is { } fault)
                throw new BrokenOrderException(fault);
        }

        // Two nodes that write the same keys wait for each other in one order, and so never in a circle.
        _postings.Sort((left, right) => left.CompareKeyTo(right));
        var touched = _wallets.Values.Where(wallet => wallet.Entries > 0).OrderBy(wallet => wallet.AccountId).ToArray();
        if (_postings.Count > 0)
            await _store.WriteAsync(_transaction, _postings, touched, ct);
        _state = BatchState.Flushed;
    }

    private bool TryAddToOrder(in StoredTransfer transfer)
    {
        var before = _orders.TryGetValue(transfer.Key.Subject, out var known) ? known : OrderTotals.None(transfer.Key.Subject);
        try
        {
            var after = before.Plus(transfer.Key.Reason, transfer.Debit, transfer.Amount);
            _ = after.Held;
            _orders[transfer.Key.Subject] = after;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private void Remember(in StoredTransfer transfer)
    {
        _transfers.Add(transfer.Key, transfer);
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastSequences, (transfer.Key.Subject, transfer.Key.Reason), out _);
        last = Math.Max(last, transfer.Key.Sequence);
    }

    private WalletState WalletOf(long accountId) => _wallets.TryGetValue(accountId, out var wallet) ? wallet : throw new UnknownWalletException(accountId);

    private void DemandKnown(long subject, Reason reason)
    {
        if (reason.IsOrderReason() && reason != Reason.Charge && !_orders.ContainsKey(subject))
            throw NotOpened(subject);
    }

    private void DemandOpen()
    {
        if (_state != BatchState.Open)
            throw new InvalidOperationException(_state == BatchState.Flushed ? "The batch was flushed already." : "The batch has failed; roll back and open another.");
    }

    private static InvalidOperationException NotOpened(long order) => new($"The batch was not opened with order {order}, so its transfers are not known.");
}
