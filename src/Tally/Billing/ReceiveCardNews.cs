using Dapper;
using Tally.Billing.Gateways.StripeCheckout;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Billing;

/// <summary>What became of news from Stripe.</summary>
public enum CardOutcome
{
    /// <summary>The money is on the wallet.</summary>
    Credited,

    /// <summary>The payment stands otherwise than before, and no money moved.</summary>
    Noted,

    /// <summary>The operator is told.</summary>
    Alerted,

    /// <summary>We knew of it already.</summary>
    Repeated,

    /// <summary>Another panel's payment, or nothing that concerns us.</summary>
    NotOurs,
}

/// <summary>
/// Takes what Stripe says of a payment. A payment is credited by a compare-and-set on its row, in one transaction with the ledger's transfer, whose key is the payment's number:
/// once, however often Stripe says so.
/// </summary>
public sealed class ReceiveCardNews(
    Database database, GeneralLedger ledger, SettingsSnapshot settings, Alerts alerts, FaultPoints faults, TimeProvider time, ILogger<ReceiveCardNews> logger)
{
    public async Task<CardOutcome> RunAsync(CardNews news, CancellationToken ct)
    {
        var outcome = news switch
        {
            CardNews.Checkout c when c.Panel == settings.Current.PanelId => await WriteAsync(tx => CheckoutAsync(tx, c, ct), ct),
            CardNews.TakenBack t => await WriteAsync(tx => TakenBackAsync(tx, t, ct), ct),
            _ => CardOutcome.NotOurs,
        };
        logger.LogInformation("Stripe's {News}: {Outcome}", news is CardNews.Other(var type) ? type : news.GetType().Name, outcome);
        return outcome;
    }

    private async Task<CardOutcome> WriteAsync(Func<WriteTransaction, Task<CardOutcome>> work, CancellationToken ct)
    {
        var outcome = await database.WriteAsync(
            async tx =>
            {
                var done = await work(tx);
                await faults.ReachAsync(FaultPoint.PaymentWriting);
                return done;
            },
            ct);
        await faults.ReachAsync(FaultPoint.PaymentWritten);
        return outcome;
    }

    private async Task<CardOutcome> CheckoutAsync(WriteTransaction tx, CardNews.Checkout news, CancellationToken ct)
    {
        var payment = await PaymentRows.FindAsync(
            tx.Connection, tx.Transaction, "id = @Payment AND method = @method" + Sql.ForUpdate(tx.Kind), new { news.Payment, method = StripeGateway.GatewayName }, ct);
        if (payment is null || (payment.Reference is not null && payment.Reference != news.Session))
        {
            return CardOutcome.NotOurs;
        }

        return news.Step switch
        {
            _ when payment.State == PaymentState.Credited => CardOutcome.Repeated,
            CheckoutStep.Paid paid => await CreditAsync(tx, payment, news.Session, paid, ct),
            CheckoutStep.Failed => await EndAsync(tx, payment, PaymentState.Failed),
            CheckoutStep.Expired => await EndAsync(tx, payment, PaymentState.Expired),
            _ => CardOutcome.Noted, // it stays waiting
        };
    }

    private async Task<CardOutcome> CreditAsync(WriteTransaction tx, Payment payment, string session, CheckoutStep.Paid paid, CancellationToken ct)
    {
        if (Mismatch(payment, paid, settings.Current.Currency) is { } mismatch)
        {
            await alerts.RaiseAsync(tx, AlertKind.Payments, Subject(payment), mismatch, ct);
            return CardOutcome.Alerted;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var credited = payment with { State = PaymentState.Credited, EndedAt = now };
        if (await PaymentRows.PostAsync(tx, ledger, credited, "stripe " + session, ct) is { } why)
        {
            await alerts.RaiseAsync(tx, AlertKind.Payments, Subject(payment), $"{payment.Amount} was paid at Stripe, but account {payment.AccountId} cannot take it ({why})", ct);
            return CardOutcome.Alerted;
        }

        await tx.Connection.ExecuteAsync(
            "UPDATE payments SET state = 1, ended_at = @now, reference = @session, receipt = @Intent, note = '' WHERE id = @Id", new { payment.Id, now, session, paid.Intent }, tx.Transaction);
        return CardOutcome.Credited;
    }

    private async Task<CardOutcome> EndAsync(WriteTransaction tx, Payment payment, PaymentState state) => await tx.Connection.ExecuteAsync(
        "UPDATE payments SET state = @state, ended_at = @now WHERE id = @Id AND state = 0", new { payment.Id, state = (int)state, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction) > 0
        ? CardOutcome.Noted
        : CardOutcome.Repeated;

    private async Task<CardOutcome> TakenBackAsync(WriteTransaction tx, CardNews.TakenBack news, CancellationToken ct)
    {
        var payment = await PaymentRows.FindAsync(
            tx.Connection, tx.Transaction, "method = @method AND receipt = @Intent ORDER BY id LIMIT 1", new { news.Intent, method = StripeGateway.GatewayName }, ct);
        if (payment is null)
        {
            return CardOutcome.NotOurs;
        }

        var amount = StripeAmounts.FromMinor(news.Minor, news.Currency);
        await alerts.RaiseAsync(
            tx, AlertKind.Payments, Subject(payment),
            $"{amount} {news.Currency} of it {(news.Disputed ? "is disputed" : "was refunded")} at Stripe. The wallet of account {payment.AccountId} was not touched; to take it off: "
            + $"tally user credit. When it is dealt with: tally payments seen {payment.Id}",
            ct);
        return CardOutcome.Alerted;
    }

    /// <summary>Why what was paid is not what was asked for, so that a person must look; null when it is.</summary>
    internal static string? Mismatch(Payment payment, CheckoutStep.Paid paid, string currency) =>
        paid.Currency != currency ? $"{paid.Minor} {paid.Currency} (smallest units) was paid at Stripe, but the panel's currency is {currency}: it was not credited"
        : StripeAmounts.ToMinor(payment.Amount, currency) != paid.Minor ? $"{paid.Minor} {paid.Currency} (smallest units) was paid at Stripe instead of {payment.Amount}: it was not credited"
        : null;

    private static string Subject(Payment payment) => $"payment {payment.Id}";
}
