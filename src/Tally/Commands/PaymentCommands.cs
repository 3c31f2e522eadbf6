using System.CommandLine;
using System.Globalization;
using Tally.Accounts;
using Tally.Billing;
using Tally.Billing.Gateways;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>payments list|unmatched|assign|reject|seen</c>: what customers paid, and what waits for a person.</summary>
internal static class PaymentCommands
{
    private const int MostListed = 1_000;

    private static readonly Option<string> Reason = new("--reason") { Description = "Why; it stays in the audit log", Required = true };
    private static readonly Argument<long> Transfer = new("id") { Description = "The bank transfer's id, as `payments unmatched` shows it" };

    public static Command Build()
    {
        var account = new Option<string?>("--account") { Description = "Only those of the account with this e-mail address" };
        var all = new Option<bool>("--all") { Description = "All bank transfers, also those that are credited or rejected" };
        var email = new Argument<string>("email") { Description = "Whose it is: the account's e-mail address" };
        var payment = new Argument<long>("payment") { Description = "The payment's id" };
        return new Command("payments", "What customers paid")
        {
            CommandScope.On("list", "The newest 1,000 payments, newest first", [account], async (scope, parsed, ct) =>
            {
                var of = parsed.GetValue(account) is { } address ? (await scope.Get<AccountBook>().FindAsync(address, ct)).Id : (long?)null;
                var payments = await scope.Get<ReadPayments>().ListAsync(of, null, MostListed, ct);
                scope.Say(payments, payments.Count == 0 ? ["No payment."] : payments.Select(Line));
            }),
            CommandScope.On("unmatched", "Bank transfers that nobody's memo names, newest first", [all], async (scope, parsed, ct) =>
            {
                var transfers = await scope.Get<SettleTransfer>().ListAsync(parsed.GetValue(all), ct);
                scope.Say(transfers, transfers.Count == 0 ? ["No bank transfer."] : transfers.Select(Line));
            }),
            CommandScope.On("assign", "Credit a bank transfer to an account", [Transfer, email], async (scope, parsed, ct) =>
            {
                await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
                await scope.Get<GatewayBook>().RefreshAsync(ct);
                var whose = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(email)!, ct);
                var (id, amount) = await scope.Get<SettleTransfer>().AssignAsync(parsed.GetValue(Transfer), whose.Id, "cli", ct);
                scope.Say(new { transfer = parsed.GetValue(Transfer), payment = id, account = whose.Id, amount }, [$"payment {id}: {amount} to {whose.Email}"]);
            }),
            CommandScope.On("reject", "Say that a bank transfer is nobody's", [Transfer, Reason], async (scope, parsed, ct) =>
            {
                await scope.Get<SettleTransfer>().RejectAsync(parsed.GetValue(Transfer), parsed.GetValue(Reason)!, "cli", ct);
                scope.Say(new { transfer = parsed.GetValue(Transfer), state = BankTransferState.Rejected }, [$"bank transfer {parsed.GetValue(Transfer)} is rejected"]);
            }),
            CommandScope.On("seen", "End the alert about a payment that was refunded, disputed, or not what was asked for", [payment, Reason], async (scope, parsed, ct) =>
            {
                await scope.Get<AcknowledgePayment>().RunAsync(parsed.GetValue(payment), parsed.GetValue(Reason)!, "cli", ct);
                scope.Say(new { payment = parsed.GetValue(payment), seen = true }, [$"the alert about payment {parsed.GetValue(payment)} is over"]);
            }),
        };
    }

    private static string Line(Payment p) => string.Create(
        CultureInfo.InvariantCulture,
        $"{p.Id,8}  {Time(p.CreatedAt)}  {p.State,-8}  account {p.AccountId}  {p.Amount,16}  {p.Method}{Also(p.Paid)}{Also(p.Reference)}{Also(p.Note)}");

    private static string Line(BankTransfer t) => string.Create(
        CultureInfo.InvariantCulture,
        $"{t.Id,10}  {Time(t.ReceivedAt)}  {t.State,-9}  {t.Dong,14} VND  {(t.PaymentId is { } payment ? $"account {t.AccountId}, payment {payment}" : t.Why)}  {t.Bank} {t.Reference}  {t.Content}");

    private static string Also(string? text) => string.IsNullOrEmpty(text) ? "" : "  " + text;

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
