using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>What an operator put on or took from a wallet.</summary>
/// <param name="Payment">Its number.</param>
/// <param name="Balance">The wallet's balance after it.</param>
public sealed record Credited(long Payment, Money Balance);

/// <summary>Puts money on a wallet by hand, or takes it off (a negative amount), with a reason that stays in the ledger and in the audit log.</summary>
public sealed class CreditAccount(Database database, GeneralLedger ledger, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _payments = new(database, time, "payment");
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <exception cref="InvalidInputException">The amount is 0, the reason is empty, or the wallet would fall below its limit.</exception>
    public async Task<Credited> RunAsync(long accountId, Money amount, string reason, string actor, CancellationToken ct)
    {
        if (amount == Money.Zero)
        {
            throw new InvalidInputException("The amount must not be 0.");
        }

        if (amount.Units == long.MinValue)
        {
            throw new InvalidInputException("The amount is larger than any wallet can hold.");
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the ledger.");
        }

        var (payment, audit) = (await _payments.TakeAsync(ct), await _audit.TakeAsync(ct));
        return await database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                var batch = await ledger.OpenBatchAsync(tx.Transaction, [accountId], [], [], ct);
                var wallet = LedgerAccount.Wallet(accountId);
                var (from, to) = amount > Money.Zero ? (LedgerAccount.Adjustments, wallet) : (wallet, LedgerAccount.Adjustments);
                var size = amount > Money.Zero ? amount : -amount;
                var outcome = batch.TryPost(new Transfer(new TransferKey(payment, Reason.Adjustment, 1), from, to, size, now, reason));
                if (outcome != PostOutcome.Posted)
                {
                    throw new InvalidInputException(outcome switch
                    {
                        PostOutcome.InsufficientFunds => $"The wallet has {batch.BalanceOf(accountId)}; {size} cannot be taken off.",
                        PostOutcome.UnknownWallet => $"Account {accountId} has no wallet.",
                        _ => "The wallet cannot hold that much.",
                    });
                }

                await batch.FlushAsync(ct);
                await PaymentRows.InsertAsync(tx, new Payment(payment, accountId, amount, Payment.ByHand, PaymentState.Credited, null, reason, null, null, now, now));
                await tx.Connection.ExecuteAsync(
                    "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@audit, @now, @actor, 'credit', @subject, @detail)",
                    new { audit, now, actor, subject = "account " + accountId, detail = $"{amount}: {reason}" }, tx.Transaction);
                return new Credited(payment, batch.BalanceOf(accountId));
            },
            ct);
    }

    public void Dispose()
    {
        _payments.Dispose();
        _audit.Dispose();
    }
}
