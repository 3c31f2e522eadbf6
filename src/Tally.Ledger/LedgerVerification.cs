using System.Data.Common;
using System.Runtime.InteropServices;
using Tally.Ledger.Stores;

namespace Tally.Ledger;

/// <summary>
/// One run of the verification: every transfer in order of its key, then every wallet with its entries in order of their versions, then the sums.
/// It streams, so its memory does not grow with the ledger, and sums in 128 bits, so that an overflow is found and not suffered.
/// </summary>
internal sealed class LedgerVerification(DbConnection connection, IProgress<string>? progress)
{
    private const long ProgressEvery = 1_000_000;

    private readonly Dictionary<LedgerAccount, Int128> _house = LedgerAccount.House.ToDictionary(account => account, _ => Int128.Zero);
    private string? _firstFault;
    private long _transfers;
    private long _wallets;
    private Int128 _walletTotal;

    public async Task<LedgerReport> RunAsync(CancellationToken ct)
    {
        await ReadTransfersAsync(ct);
        await ReadStrayEntriesAsync(ct);
        await ReadWalletsAsync(ct);
        foreach (var (account, units) in _house)
            DemandFits($"balance of {account}", units);
        DemandFits("total of all wallets", _walletTotal);
        Found(FindSumFault(_house, _walletTotal));
        progress?.Report($"{_transfers} transfers and {_wallets} wallets read");
        return new LedgerReport(_firstFault is null, _firstFault, _transfers, _wallets, _house.ToDictionary(pair => pair.Key, pair => Capped(pair.Value)), Capped(_walletTotal));
    }

    /// <summary>What the sums of the whole ledger must be; null when they are.</summary>
    internal static string? FindSumFault(IReadOnlyDictionary<LedgerAccount, Int128> house, Int128 walletTotal)
    {
        var houseTotal = house.Values.Aggregate(Int128.Zero, (sum, units) => sum + units);
        if (houseTotal + walletTotal != 0)
            return $"debits are not credits: the house accounts sum to {Money.Describe(houseTotal)}, the wallets to {Money.Describe(walletTotal)}";
        return house[LedgerAccount.Runs] < 0 ? $"the balance of runs is {Money.Describe(house[LedgerAccount.Runs])}, less than 0" : null;
    }

    private async Task ReadTransfersAsync(CancellationToken ct)
    {
        await using var command = connection.Command($"SELECT {StoredTransfer.Columns}, wallet, wallet_version, wallet_balance FROM ledger_transfers ORDER BY subject, reason, sequence");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var order = OrderTotals.None(0);
        while (await reader.ReadAsync(ct))
        {
            if (++_transfers % ProgressEvery == 0)
                progress?.Report($"{_transfers} transfers read");

            var transfer = StoredTransfer.Read(reader);
            Found(TransferRules.FindFault(transfer.Key, transfer.Debit, transfer.Credit, transfer.Amount.Units));
            Found(await FindMarkFaultAsync(transfer, reader, ct));
            AddToHouse(transfer.Debit, -(Int128)transfer.Amount.Units);
            AddToHouse(transfer.Credit, transfer.Amount.Units);

            // An order's transfers stand together, because the key begins with the subject. Reasons outside the table were named above.
            if (!transfer.Key.Reason.IsOrderReason() || !Enum.IsDefined(transfer.Key.Reason))
                continue;
            if (order.Order != transfer.Key.Subject)
            {
                CheckOrder(order);
                order = OrderTotals.None(transfer.Key.Subject);
            }

            order = WithTransfer(order, transfer);
        }

        CheckOrder(order);
    }

    /// <summary>A transfer bears a mark (wallet, version, balance after) exactly when one of its accounts is a wallet, and that wallet's mark.</summary>
    private static async Task<string?> FindMarkFaultAsync(StoredTransfer transfer, DbDataReader reader, CancellationToken ct)
    {
        long? wallet = await reader.IsDBNullAsync(6, ct) ? null : reader.GetInt64(6);
        long? due = transfer.Debit.IsWallet || transfer.Credit.IsWallet ? transfer.WalletId : null;
        if (wallet != due)
            return $"{transfer.Key}: marked as an entry of {Name(wallet)}, but it moves {Name(due)}";
        var complete = !await reader.IsDBNullAsync(7, ct) && !await reader.IsDBNullAsync(8, ct);
        return wallet is not null && !complete ? $"{transfer.Key}: wallet {wallet} has no version or no balance after it" : null;

        static string Name(long? wallet) => wallet is { } id ? $"wallet {id}" : "no wallet";
    }

    private void AddToHouse(LedgerAccount account, Int128 units)
    {
        if (!account.IsWallet)
            CollectionsMarshal.GetValueRefOrAddDefault(_house, account, out _) += units;
    }

    private OrderTotals WithTransfer(OrderTotals order, in StoredTransfer transfer)
    {
        try
        {
            return order.Plus(transfer.Key.Reason, transfer.Debit, transfer.Amount);
        }
        catch (OverflowException)
        {
            Found($"{transfer.Key}: with its {transfer.Amount} a total of the order does not fit 64 bits");
            return order;
        }
    }

    private void CheckOrder(OrderTotals order)
    {
        try
        {
            Found(order.FindFault());
        }
        catch (OverflowException)
        {
            Found($"order {order.Order}: what it holds does not fit 64 bits");
        }
    }

    private async Task ReadStrayEntriesAsync(CancellationToken ct)
    {
        await using var command = connection.Command($"""
            SELECT {StoredTransfer.Columns}, wallet FROM ledger_transfers AS t
            WHERE wallet IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_wallets AS w WHERE w.account_id = t.wallet)
            ORDER BY subject, reason, sequence LIMIT 1
            """);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (await reader.ReadAsync(ct))
        {
            var transfer = StoredTransfer.Read(reader);
            Found($"{transfer.Key}: moves {transfer.Amount} of wallet {reader.GetInt64(6)}, which has no row");
        }
    }

    private async Task ReadWalletsAsync(CancellationToken ct)
    {
        // The key comes last so that a version used twice names the same row every time.
        await using var command = connection.Command($"""
            SELECT {StoredTransfer.Columns}, wallet_version, wallet_balance, w.account_id, w.balance, w.credit_limit, w.version
            FROM ledger_wallets AS w LEFT JOIN ledger_transfers AS t ON t.wallet = w.account_id AND t.wallet IS NOT NULL
            ORDER BY w.account_id, t.wallet_version, t.subject, t.reason, t.sequence
            """);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        WalletCheck? wallet = null;
        while (await reader.ReadAsync(ct))
        {
            if (wallet?.AccountId != reader.GetInt64(8))
            {
                Found(wallet?.FindRowFault());
                wallet = new WalletCheck(reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11));
                _wallets++;
                _walletTotal += wallet.Balance;
            }

            // A wallet without entries, or an entry without a mark (named before).
            if (!await reader.IsDBNullAsync(6, ct) && !await reader.IsDBNullAsync(7, ct))
                Found(wallet.FindEntryFault(StoredTransfer.Read(reader), reader.GetInt64(6), reader.GetInt64(7)));
        }

        Found(wallet?.FindRowFault());
    }

    private void DemandFits(string what, Int128 units)
    {
        if (units != Capped(units).Units)
            Found($"the {what} is {Money.Describe(units)}");
    }

    private void Found(string? fault) => _firstFault ??= fault;

    private static Money Capped(Int128 units) => new((long)Int128.Clamp(units, long.MinValue, long.MaxValue));

    /// <summary>A wallet's row, and the sum and number of its entries so far.</summary>
    private sealed class WalletCheck(long accountId, long balance, long creditLimit, long version)
    {
        private Int128 _sum;
        private long _entries;

        public long AccountId => accountId;

        public long Balance => balance;

        public string? FindEntryFault(in StoredTransfer transfer, long entryVersion, long balanceAfter)
        {
            _entries++;
            _sum += transfer.Debit.Code == accountId ? -(Int128)transfer.Amount.Units : transfer.Amount.Units;
            if (entryVersion != _entries)
                return $"{transfer.Key}: entry {entryVersion} of wallet {accountId} stands where entry {_entries} is due";
            return balanceAfter != _sum
                ? $"{transfer.Key}: balance {new Money(balanceAfter)} is stored after entry {_entries} of wallet {accountId}, but its entries sum to {Money.Describe(_sum)}"
                : null;
        }

        public string? FindRowFault()
        {
            if (balance != _sum)
                return $"wallet {accountId}: balance is {new Money(balance)}, but its entries sum to {Money.Describe(_sum)}";
            if (version != _entries)
                return $"wallet {accountId}: version is {version}, but it has {_entries} entries";
            return balance < -(Int128)creditLimit
                ? $"wallet {accountId}: balance is {new Money(balance)}, below its credit limit of {new Money(creditLimit)}"
                : null;
        }
    }
}
