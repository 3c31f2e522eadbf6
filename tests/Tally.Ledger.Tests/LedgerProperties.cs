using CsCheck;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Ledger.Tests;

public sealed class LedgerProperties
{
    private const int Orders = 8;
    private const long NoWallet = 99;
    private static readonly (long Account, string CreditLimit)[] Wallets = [(1, "0"), (2, "0.5"), (3, "1000"), (4, "0")];

    private enum Deed
    {
        TopUp,
        TopUpBeyondRange,
        TopUpNobody,
        Charge,
        ChargeMoreThanThereIs,
        Refund,
        RefundEarned,
        Earn,
        Unearn,
        FundRun,
        ChargeRun,
        Cost,
        CorrectCost,
        Give,
        Take,
        Replay,
        Resend,
        Contradict,
    }

    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Enum<Deed>(), Gen.Long[1, Orders], Gen.Long[1, 200_000], Gen.Int[0, 1_000_000], (deed, order, units, pick) => new Step(deed, order, units, pick));

    private static readonly Gen<Round[]> AnyHistory = Gen.Select(AnyStep.Array[0, 25], Gen.Int[0, 3], (steps, dice) => new Round(steps, Commit: dice > 0)).Array[1, 6];

    [Theory, BothStores]
    public async Task Whatever_happens_the_ledger_agrees_with_the_model_and_holds(StoreKind kind)
    {
        await using var books = await Books.OpenAsync(kind, Wallets);
        await AnyHistory.SampleAsync(
            async history =>
            {
                await books.StartAnewAsync(Wallets);
                await LiveAsync(books, history);
            },
            iter: kind == StoreKind.Sqlite ? 150 : 60,
            threads: 1,
            print: history => string.Join('\n', history.Select(round => $"{(round.Commit ? "commit" : "roll back")}: {string.Join(", ", round.Steps)}")));
    }

    private static async Task LiveAsync(Books books, Round[] history)
    {
        var model = new LedgerModel();
        foreach (var (account, limit) in Wallets)
            model.Open(account, Money.Parse(limit).Units);
        var past = new List<Transfer>();

        foreach (var round in history)
        {
            var after = model.Copy();
            await using var connection = await books.ConnectAsync();
            await using var tx = await connection.BeginTransactionAsync();
            long[] payments = [.. past.Where(t => !t.Key.Reason.IsOrderReason()).Select(t => t.Key.Subject), past.Count + 1];
            var batch = await books.Ledger.OpenBatchAsync(tx, [3, 1, NoWallet, 4, 2], [.. Enumerable.Range(1, Orders).Select(order => (long)order)], payments, default);
            foreach (var step in round.Steps)
            {
                if (Imagine(step, after, past) is not { } transfer)
                    continue;
                batch.TryPost(transfer).ShouldBe(after.Post(transfer), transfer.ToString());
                past.Add(transfer);
                batch.NextSequence(transfer.Key.Subject, transfer.Key.Reason).ShouldBe(after.Next(transfer.Key.Subject, transfer.Key.Reason));
                foreach (var (account, _) in Wallets)
                    ((Int128)batch.BalanceOf(account).Units).ShouldBe(after.Balances[LedgerAccount.Wallet(account)]);
            }

            await batch.FlushAsync(default);
            if (round.Commit)
            {
                await tx.CommitAsync();
                model = after;
            }
            else
            {
                await tx.RollbackAsync();
            }

            await AgreeAsync(books, model);
        }
    }

    /// <summary>Makes a step a transfer that the order's state allows; null when there is none.</summary>
    private static Transfer? Imagine(Step step, LedgerModel model, List<Transfer> past)
    {
        var (cash, held, revenue, runs) = (LedgerAccount.Cash, LedgerAccount.Held, LedgerAccount.Revenue, LedgerAccount.Runs);
        var wallet = LedgerAccount.Wallet((step.Order % Wallets.Length) + 1);
        var (inHeld, inRevenue) = (model.Net(step.Order, held), model.Net(step.Order, revenue));

        Transfer? OfOrder(Reason reason, LedgerAccount debit, LedgerAccount credit, long units) => units < 1
            ? null
            : new Transfer(new TransferKey(step.Order, reason, model.Next(step.Order, reason)), debit, credit, new Money(units), Moves.NowMs);
        Transfer Paid(Reason reason, LedgerAccount debit, LedgerAccount credit, long units) =>
            new(new TransferKey(past.Count + 1, reason, 1), debit, credit, new Money(units), Moves.NowMs, step.Pick % 2 == 0 ? null : "note");
        long Part(Int128 whole) => whole < 1 ? 0 : (long)(1 + (step.Pick % whole));

        return step.Deed switch
        {
            Deed.TopUp => Paid(Reason.TopUp, cash, wallet, step.Units),
            // Never fits, because no balance here is below -1000; so cash itself stays in range.
            Deed.TopUpBeyondRange => Paid(Reason.TopUp, cash, wallet, long.MaxValue - Math.Max(0, (long)model.Balances[wallet] - step.Units)) is { } huge
                && model.Balances[wallet] + huge.Amount.Units > long.MaxValue ? huge : null,
            Deed.TopUpNobody => Paid(Reason.TopUp, cash, LedgerAccount.Wallet(NoWallet), step.Units),
            Deed.Charge => OfOrder(Reason.Charge, wallet, held, step.Units),
            Deed.ChargeMoreThanThereIs => OfOrder(Reason.Charge, wallet, held, (long)model.Balances[wallet] + model.Limits[wallet.Code] + 1 + (step.Pick % 3 == 0 ? long.MaxValue / 2 : 0)),
            Deed.Refund => OfOrder(Reason.Refund, held, wallet, Part(inHeld)),
            Deed.RefundEarned => OfOrder(Reason.Refund, revenue, wallet, Part(inRevenue)),
            Deed.Earn => OfOrder(Reason.Earned, held, revenue, Part(inHeld)),
            Deed.Unearn => OfOrder(Reason.Unearned, revenue, held, Part(inRevenue)),
            Deed.FundRun => OfOrder(Reason.RunFunding, held, runs, Part(inHeld)),
            Deed.ChargeRun => OfOrder(Reason.Charge, runs, held, Part(model.Balances[runs])),
            Deed.Cost => OfOrder(Reason.Cost, LedgerAccount.ProviderCost, LedgerAccount.ProviderPayable, step.Units),
            Deed.CorrectCost => OfOrder(Reason.CostCorrection, LedgerAccount.ProviderPayable, LedgerAccount.ProviderCost, step.Units),
            Deed.Give => Paid(Reason.Adjustment, LedgerAccount.Adjustments, wallet, step.Units),
            Deed.Take => Paid(Reason.Adjustment, wallet, LedgerAccount.Adjustments, step.Units),
            Deed.Replay => Earlier(step, model),
            // Perhaps rolled back the first time, and so new again.
            Deed.Resend => past.Where(t => !t.Key.Reason.IsOrderReason() && t.Amount < Money.Parse("10")).ToList() is { Count: > 0 } sent ? sent[step.Pick % sent.Count] : null,
            Deed.Contradict => Earlier(step, model) is { } earlier ? earlier with { Amount = earlier.Amount + new Money(1) } : null,
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
    }

    /// <summary>A transfer that stands, from this batch or an earlier one.</summary>
    private static Transfer? Earlier(Step step, LedgerModel model) =>
        model.Transfers.Count == 0 ? null : model.Transfers.Values.ElementAt(step.Pick % model.Transfers.Count);

    private static async Task AgreeAsync(Books books, LedgerModel model)
    {
        var report = await books.VerifyAsync();
        report.FirstFault.ShouldBeNull();
        report.Transfers.ShouldBe(model.Transfers.Count);
        foreach (var account in LedgerAccount.House)
            ((Int128)report.HouseBalances[account].Units).ShouldBe(model.Balances[account], account.ToString());
        report.HouseBalances.Values.Aggregate(report.WalletTotal, (sum, balance) => sum + balance).ShouldBe(Money.Zero);

        var balances = await books.ReadAsync(c => books.Ledger.BalancesAsync(c, [.. model.Limits.Keys], default));
        foreach (var (wallet, limit) in model.Limits)
        {
            ((Int128)balances[wallet].Units).ShouldBe(model.Balances[LedgerAccount.Wallet(wallet)]);
            balances[wallet].Units.ShouldBeGreaterThanOrEqualTo(-limit);
        }

        foreach (var totals in await books.ReadAsync(c => books.Ledger.OrderTotalsAsync(c, 0, Orders, default)))
        {
            totals.Held.Units.ShouldBe(model.Net(totals.Order, LedgerAccount.Held));
            totals.Earned.Units.ShouldBe(model.Net(totals.Order, LedgerAccount.Revenue));
            totals.Cost.Units.ShouldBe(model.Net(totals.Order, LedgerAccount.ProviderPayable));
        }
    }

    private sealed record Step(Deed Deed, long Order, long Units, int Pick);

    private sealed record Round(Step[] Steps, bool Commit);
}
