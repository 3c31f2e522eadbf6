using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>What a check of the payments came to.</summary>
/// <param name="FirstFault">The first payment that does not hold, with both figures; null when all do.</param>
public sealed record PaymentsReport(bool Holds, string? FirstFault, long Payments);

/// <summary>
/// Holds payments against the ledger: each credited one has exactly its transfer (account, amount, kind), the others have none, and no transfer is for a payment that is not there.
/// Reads one snapshot while the panel goes on.
/// </summary>
public sealed class VerifyPayments(Database database, GeneralLedger ledger)
{
    private const int Page = 5_000;

    public Task<PaymentsReport> RunAsync(CancellationToken ct) => database.SnapshotAsync(
        async connection =>
        {
            long after = 0, seen = 0;
            while (true)
            {
                var payments = await PaymentRows.ReadAsync(connection, null, "id > @after ORDER BY id LIMIT @Page", new { after, Page }, ct);
                var last = payments.Count == Page ? payments[^1].Id : long.MaxValue;
                var fault = FirstFault(payments, await ledger.PaymentTransfersAsync(connection, after, last, ct));
                seen += payments.Count;
                if (fault is not null || payments.Count < Page)
                {
                    return new PaymentsReport(fault is null, fault, seen);
                }

                after = last;
            }
        },
        ct);

    internal static string? FirstFault(IReadOnlyList<Payment> payments, IReadOnlyList<PaymentTransfer> transfers)
    {
        var byPayment = transfers.ToLookup(t => t.Key.Subject);
        foreach (var payment in payments)
        {
            if (Against(payment, [.. byPayment[payment.Id]]) is { } fault)
            {
                return $"payment {payment.Id}: {fault}";
            }
        }

        var known = payments.Select(p => p.Id).ToHashSet();
        return transfers.FirstOrDefault(t => !known.Contains(t.Key.Subject)) is { } stray ? $"payment {stray.Key.Subject}: the ledger has a transfer for it, but there is no such payment" : null;
    }

    private static string? Against(Payment payment, PaymentTransfer[] found)
    {
        if (payment.State != PaymentState.Credited)
        {
            return found.Length == 0 ? null : $"it is {payment.State}, but the ledger has {found[0].Amount} for it";
        }

        var reason = payment.Method == Payment.ByHand ? Reason.Adjustment : Reason.TopUp;
        return found switch
        {
            [] => $"{payment.Amount} is credited, but the ledger has no transfer for it",
            [_, _, ..] => $"the ledger has {found.Length} transfers for it",
            [var t] when t.Account != payment.AccountId => $"it is of account {payment.AccountId}, the ledger's transfer of account {t.Account}",
            [var t] when t.Amount != payment.Amount => $"its amount is {payment.Amount}, the ledger has {t.Amount}",
            [var t] when t.Key.Reason != reason => $"its method is {payment.Method}, the ledger has {t.Key.Reason}",
            _ => null,
        };
    }
}
