using System.CommandLine;
using Tally.Ledger;
using Tally.Orders;

namespace Tally.Commands;

/// <summary><c>order show</c>, <c>order set-status</c>: how manual services are settled until the operator's pages exist.</summary>
internal static class OrderCommands
{
    private static readonly Argument<long> Id = new("id") { Description = "The order's id" };

    public static Command Build()
    {
        var status = new Argument<string>("status") { Description = "Processing, \"In progress\", Completed, Partial, Canceled …" };
        var remains = new Option<long?>("--remains") { Description = "What is still to be delivered (required for Partial)" };
        var start = new Option<long?>("--start-count") { Description = "What the target had when delivery began" };
        var reason = new Option<string>("--reason") { Description = "Why; it stays in the audit log", Required = true };
        return new Command("order", "Orders")
        {
            CommandScope.On("show", "Everything about an order", [Id], async (scope, parsed, ct) =>
            {
                var order = await scope.Get<SettleOrder>().FindAsync(parsed.GetValue(Id), ct);
                scope.Say(Shown(order), Lines(order));
            }),
            CommandScope.On("set-status", "Say where an order stands; its money follows", [Id, status, remains, start, reason], async (scope, parsed, ct) =>
            {
                if (!OrderStatusWords.TryRead(parsed.GetValue(status)!, out var word))
                {
                    throw new InvalidInputException($"'{parsed.GetValue(status)}' is no status. There are: Pending, Processing, In progress, Completed, Partial, Canceled.");
                }

                var order = await scope.Get<SettleOrder>().RunAsync(parsed.GetValue(Id), word, parsed.GetValue(remains), parsed.GetValue(start), parsed.GetValue(reason)!, "cli", ct);
                scope.Say(Shown(order), Lines(order));
            }),
        };
    }

    /// <summary>An order for machines: money as on the wire, the status as the API writes it.</summary>
    public static object Shown(Order o) => new
    {
        o.Id,
        account = o.AccountId,
        service = o.ServiceId,
        o.Type,
        status = o.Status.Word(),
        o.SendState,
        o.Link,
        o.Quantity,
        o.StartCount,
        o.Remains,
        charge = o.ChargeMoney,
        refunded = new Money(o.Refunded),
        cost = new Money(o.Cost),
        o.ParentId,
        o.Run,
        o.Runs,
        o.IntervalMinutes,
        provider = o.ProviderId,
        o.ProviderService,
        o.ProviderOrder,
        o.Note,
        createdAt = DateTimeOffset.FromUnixTimeMilliseconds(o.CreatedAt),
        completedAt = o.CompletedAt is { } completed ? DateTimeOffset.FromUnixTimeMilliseconds(completed) : (DateTimeOffset?)null,
    };

    private static IEnumerable<string> Lines(Order o) =>
    [
        $"order     {o.Id} of account {o.AccountId}, service {o.ServiceId}",
        $"status    {o.Status.Word()}, start count {o.StartCount}, remains {o.Remains} of {o.Quantity}",
        $"charge    {o.ChargeMoney}, refunded {new Money(o.Refunded)}",
        $"link      {o.Link}",
        o.ProviderId is { } provider ? $"provider  {provider}, {o.SendState}, id there {o.ProviderOrder ?? "none yet"}" : "provider  none: manual",
        .. o.Note is { } note ? [$"note      {note}"] : Array.Empty<string>(),
    ];
}
