using System.CommandLine;
using System.Globalization;
using Tally.Orders;

namespace Tally.Commands;

/// <summary><c>refills list|set</c>, <c>cancels list|reject</c>: what customers have asked for, and the ways out for what waits for a person.</summary>
internal static class RequestCommands
{
    private static readonly Option<string> Reason = new("--reason") { Description = "Why; it stays in the audit log", Required = true };

    public static Command Refills()
    {
        var id = new Argument<long>("id") { Description = "The refill's id" };
        var status = new Argument<string>("status") { Description = "completed, rejected or error" };
        var open = new Option<bool>("--open") { Description = "Only those that have not ended" };
        var order = new Option<long?>("--order") { Description = "Only those of the order with this id" };
        return new Command("refills", "Refills that customers have asked for: how they stand, and manual ones brought to their ends")
        {
            CommandScope.On("list", "The last 1,000 (of the open ones the first), oldest first; \"waits for you\" are those of manual work and those that the provider says nothing of", [open, order], async (scope, parsed, ct) =>
            {
                var refills = await scope.Get<ReadRefills>().ListAsync(parsed.GetValue(open), parsed.GetValue(order), ct);
                scope.Say(refills.Select(Shown), refills.Count == 0 ? ["No refill."] : refills.Select(Line));
            }),
            CommandScope.On("set", "Say how a refill has ended", [id, status, Reason], async (scope, parsed, ct) =>
            {
                if (!RefillStatusWords.TryRead(parsed.GetValue(status)!, out var word) || !word.IsFinal())
                {
                    throw new InvalidInputException($"'{parsed.GetValue(status)}' is no end of a refill. There are: completed, rejected, error.");
                }

                var refill = await scope.Get<SettleRefill>().RunAsync(parsed.GetValue(id), word, parsed.GetValue(Reason)!, "cli", ct);
                scope.Say(Shown(refill), [$"refill {refill.Id} of order {refill.OrderId} is {refill.Status.Word()}"]);
            }),
        };
    }

    public static Command Cancels()
    {
        var id = new Argument<long>("id") { Description = "The request's id, as `cancels list` shows it" };
        var open = new Option<bool>("--open") { Description = "Only those that have not ended" };
        return new Command("cancels", "Customers' requests to cancel: how they stand, and those that wait for a person (to follow one: order set-status)")
        {
            CommandScope.On("list", "The last 1,000 (of the open ones the first), oldest first; \"waits for you\" are those of manual work and those that the provider does not answer clearly", [open], async (scope, parsed, ct) =>
            {
                var cancels = await scope.Get<ReadCancels>().ListAsync(parsed.GetValue(open), ct);
                scope.Say(cancels.Select(Shown), cancels.Count == 0 ? ["No request to cancel."] : cancels.Select(Line));
            }),
            CommandScope.On("reject", "Reject a request: the order goes on, and its customer may ask again", [id, Reason], async (scope, parsed, ct) =>
            {
                var cancel = parsed.GetValue(id);
                await scope.Get<RejectCancel>().RunAsync(cancel, parsed.GetValue(Reason)!, "cli", ct);
                scope.Say(new { id = cancel, state = CancelState.Rejected }, [$"request {cancel} is rejected; the order goes on"]);
            }),
        };
    }

    private static object Shown(Refill r) => new
    {
        r.Id,
        account = r.AccountId,
        order = r.OrderId,
        status = r.Status.Word(),
        r.WaitsForOperator,
        provider = r.ProviderId,
        r.ProviderRefill,
        r.Attempt,
        r.Note,
        dueAt = Time(r.DueAt),
        createdAt = Time(r.CreatedAt),
        endedAt = Time(r.EndedAt),
    };

    private static object Shown(CancelTask c) => new
    {
        c.Id,
        account = c.AccountId,
        order = c.OrderId,
        c.State,
        c.WaitsForOperator,
        provider = c.ProviderId,
        c.ProviderOrder,
        c.Attempt,
        c.Note,
        dueAt = Time(c.DueAt),
        createdAt = Time(c.CreatedAt),
        endedAt = Time(c.EndedAt),
    };

    private static string Line(Refill r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Id,8}  {Time(r.CreatedAt):yyyy-MM-dd HH:mm:ss}Z  {r.Status.Word(),-11}  order {r.OrderId}  {Where(r.ProviderId, r.ProviderRefill)}{Waits(r.WaitsForOperator)}{Words(r.Note)}");

    private static string Line(CancelTask c) => string.Create(
        CultureInfo.InvariantCulture,
        $"{c.Id,8}  {Time(c.CreatedAt):yyyy-MM-dd HH:mm:ss}Z  {c.State,-11}  order {c.OrderId}  {Where(c.ProviderId, c.ProviderOrder)}{Waits(c.WaitsForOperator)}{Words(c.Note)}");

    private static string Where(long? provider, string? there) => provider is null ? "manual" : $"provider {provider}, id there {there ?? "none yet"}";

    private static string Waits(bool forOperator) => forOperator ? "  waits for you" : "";

    private static string Words(string? note) => note is null ? "" : "  " + note;

    private static DateTimeOffset? Time(long? ms) => ms is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}
