using System.CommandLine;
using System.Globalization;
using Tally.Orders;

namespace Tally.Commands;

/// <summary><c>orders attention list|resend|attach|cancel</c>: the orders that wait for a person.</summary>
internal static class AttentionCommands
{
    private static readonly Argument<long> Id = new("id") { Description = "The order's id" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why; it stays in the audit log", Required = true };

    public static Command Build()
    {
        var there = new Argument<string>("upstream") { Description = "Its id at the provider" };
        var take = new Option<bool>("--take") { Description = "Also when another order of ours follows that id: that one was wrong, and then waits for you itself" };
        return new Command("orders", "Many orders at once")
        {
            new Command("attention", "Orders that wait for a person: unconfirmed ones (nobody knows whether the provider has them) and held ones (refused)")
            {
                CommandScope.On("list", "Those that wait, oldest first", [], async (scope, _, ct) =>
                {
                    var orders = await scope.Get<AttendOrder>().ListAsync(ct);
                    scope.Say(orders.Select(OrderCommands.Shown), orders.Count == 0 ? ["No order waits for a person."] : orders.Select(Line));
                }),
                CommandScope.On("resend", "The provider has it not: send it again", [Id, Reason], (scope, parsed, ct) => RunAsync(scope, parsed, new Attention.Resend(), ct)),
                CommandScope.On("attach", "The provider has it under another id than we know: follow it", [Id, there, take, Reason], (scope, parsed, ct) =>
                    RunAsync(scope, parsed, new Attention.Attach(parsed.GetValue(there)!, parsed.GetValue(take)), ct)),
                CommandScope.On("cancel", "Cancel it and pay it back", [Id, Reason], (scope, parsed, ct) => RunAsync(scope, parsed, new Attention.Cancel(), ct)),
            },
        };
    }

    private static async Task RunAsync(CommandScope scope, ParseResult parsed, Attention attention, CancellationToken ct)
    {
        var order = await scope.Get<AttendOrder>().RunAsync(parsed.GetValue(Id), attention, parsed.GetValue(Reason)!, "cli", ct);
        scope.Say(OrderCommands.Shown(order), [$"order {order.Id} is {order.Status.Word()}, {order.SendState}"]);
    }

    private static string Line(Order o) =>
        string.Create(CultureInfo.InvariantCulture, $"{o.Id,8}  {o.SendState,-11}  provider {o.ProviderId} service {o.ProviderService}  {o.ChargeMoney,12}  {o.Link}  {o.Note}");
}
