using System.CommandLine;
using System.Globalization;
using Tally.Operations;

namespace Tally.Commands;

/// <summary><c>alerts list</c>: what the operator must know of.</summary>
internal static class AlertsCommand
{
    public static Command Build()
    {
        var all = new Option<bool>("--all") { Description = "Also those that are over" };
        return new Command("alerts", "What needs the operator's eye: providers without funds, refused keys, quarantined prices …")
        {
            CommandScope.On("list", "The open alerts, oldest first", [all], async (scope, parsed, ct) =>
            {
                var alerts = await scope.Get<Alerts>().ListAsync(parsed.GetValue(all), ct);
                scope.Say(alerts, alerts.Count == 0 ? ["No alert is open."] : alerts.Select(Line));
            }),
        };
    }

    private static string Line(Alert a) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTimeOffset.FromUnixTimeMilliseconds(a.RaisedAt):yyyy-MM-dd HH:mm:ss}Z  {a.Kind,-16} {a.Subject}: {a.Text}{(a.Times > 1 ? $" ({a.Times} times)" : "")}{(a.ClearedAt is null ? "" : "  (over)")}");
}
