using System.CommandLine;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>settings list</c>, <c>settings set</c>.</summary>
internal static class SettingsCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "One of: " + string.Join(", ", PanelSettings.Names) };
        var value = new Argument<string>("value") { Description = "Its new value" };
        return new Command("settings", "The panel's settings")
        {
            CommandScope.On("list", "All settings as they are now", [], async (scope, _, ct) =>
            {
                await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
                var s = scope.Get<SettingsSnapshot>().Current;
                scope.Say(s, PanelSettings.Names.Select(n => $"{n} {s.ValueOf(n)}"));
            }),
            CommandScope.On("set", "Change a setting; every node follows within a second", [name, value], async (scope, parsed, ct) =>
            {
                await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
                await scope.Get<SettingsSnapshot>().SetAsync(parsed.GetValue(name)!, parsed.GetValue(value)!, ct);
                scope.Say(new { name = parsed.GetValue(name), value = parsed.GetValue(value) }, [$"{parsed.GetValue(name)} = {parsed.GetValue(value)}"]);
            }),
        };
    }
}
