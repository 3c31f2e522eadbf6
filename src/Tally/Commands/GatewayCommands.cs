using System.CommandLine;
using Tally.Billing;
using Tally.Billing.Gateways;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>gateways list|set|unset</c>: the ways to pay.</summary>
internal static class GatewayCommands
{
    private static readonly Argument<string> Gateway = new("gateway") { Description = "bank or stripe" };
    private static readonly Argument<string> Name = new("name") { Description = "The setting, as `gateways list` shows it" };

    public static Command Build()
    {
        var value = new Argument<string?>("value") { Description = "Its new value; leave it out with --stdin, so that a secret stands in no history", Arity = ArgumentArity.ZeroOrOne };
        var fromInput = new Option<bool>("--stdin") { Description = "Read the value from the first line of standard input" };
        return new Command("gateways", "The ways in which customers pay")
        {
            CommandScope.On("list", "All gateways, what is set for them, and what is missing; secrets are not shown", [], async (scope, _, ct) =>
            {
                await RefreshAsync(scope, ct);
                var all = scope.Get<ListGateways>().Run();
                scope.Say(all.Select(Shown), all.SelectMany(Lines));
            }),
            CommandScope.On("set", "Change a setting of a gateway; every node follows within a second", [Gateway, Name, value, fromInput], async (scope, parsed, ct) =>
            {
                var given = parsed.GetValue(value);
                if (parsed.GetValue(fromInput) == given is not null)
                {
                    throw new InvalidInputException("Give the value once: as it is, or with --stdin.");
                }

                given ??= await Console.In.ReadLineAsync(ct) ?? throw new InvalidInputException("Standard input has no value in its first line.");
                await ChangeAsync(scope, parsed.GetValue(Gateway)!, parsed.GetValue(Name)!, given, ct);
            }),
            CommandScope.On("unset", "Take a setting of a gateway back", [Gateway, Name], (scope, parsed, ct) =>
                ChangeAsync(scope, parsed.GetValue(Gateway)!, parsed.GetValue(Name)!, null, ct)),
        };
    }

    private static async Task ChangeAsync(CommandScope scope, string gateway, string name, string? value, CancellationToken ct)
    {
        await RefreshAsync(scope, ct);
        var setting = await scope.Get<SetGateway>().RunAsync(gateway, name, value, ct);
        var shown = value is null ? null : setting.Secret ? "(secret)" : scope.Get<GatewayBook>().Of(gateway)[name];
        scope.Say(new { gateway, name, value = shown }, [$"{gateway} {name} {(shown is null ? "is not set" : "= " + shown)}"]);
    }

    private static async Task RefreshAsync(CommandScope scope, CancellationToken ct)
    {
        await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
        await scope.Get<GatewayBook>().RefreshAsync(ct);
    }

    private static object Shown(ListedGateway g) => new
    {
        g.Gateway.Name,
        ready = g.Offer.IsReady,
        g.Offer.Missing,
        automatic = g.Offer.Automatic,
        min = g.Offer.IsReady ? g.Offer.Min.ToString() : null,
        max = g.Offer.IsReady ? g.Offer.Max.ToString() : null,
        settings = g.Gateway.Settings.ToDictionary(s => s.Name, s => Value(g, s), StringComparer.Ordinal),
    };

    private static IEnumerable<string> Lines(ListedGateway g) =>
    [
        $"{g.Gateway.Name}: {(g.Offer.IsReady ? $"offered, {g.Offer.Min} to {g.Offer.Max}{(g.Offer.Automatic ? "" : ", credited by hand (webhook_key is not set)")}" : "not offered; missing: " + string.Join(", ", g.Offer.Missing))}",
        .. g.Gateway.Settings.Select(s => $"  {s.Name,-15} {Value(g, s) ?? "-",-20} {s.What}"),
    ];

    private static string? Value(ListedGateway g, GatewaySetting s) => g.Values[s.Name] is not { } value ? null : s.Secret ? "(secret)" : value;
}
