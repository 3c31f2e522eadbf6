using System.CommandLine;
using System.Globalization;
using Tally.Catalog;

namespace Tally.Commands;

/// <summary><c>services quarantine list|accept|reject</c>: changes upstream that wait for the operator.</summary>
internal static class QuarantineCommands
{
    private static readonly Argument<long[]> Ids = new("ids") { Description = "What is judged, by its id in the list", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> All = new("--all") { Description = "All that waits" };

    public static Command Build() => new("quarantine", "Changes upstream that wait for a yes or a no: price jumps, renames, changes of type")
    {
        CommandScope.On("list", "Those that wait, oldest first", [], async (scope, _, ct) =>
        {
            var items = await scope.Get<ReviewQuarantine>().ListAsync(ct);
            scope.Say(items, items.Count == 0 ? ["Nothing waits."] : items.Select(Line));
        }),
        CommandScope.On("accept", "Apply them", [Ids, All], (scope, parsed, ct) => JudgeAsync(scope, parsed, accept: true, ct)),
        CommandScope.On("reject", "Keep ours; the same offer does not come back", [Ids, All], (scope, parsed, ct) => JudgeAsync(scope, parsed, accept: false, ct)),
    };

    private static async Task JudgeAsync(CommandScope scope, ParseResult parsed, bool accept, CancellationToken ct)
    {
        var ids = parsed.GetValue(Ids) ?? [];
        if (ids.Length == 0 != parsed.GetValue(All))
        {
            throw new InvalidInputException("Name either ids from the list or --all.");
        }

        var items = await scope.Get<ReviewQuarantine>().RunAsync(parsed.GetValue(All) ? null : ids, accept, "cli", ct);
        scope.Say(items, items.Count == 0 ? ["Nothing waits."] : items.Select(i => (accept ? "accepted " : "rejected ") + Line(i).TrimStart()));
    }

    private static string Line(QuarantineItem i) => string.Create(
        CultureInfo.InvariantCulture, $"{i.Id,6}  {i.Kind,-6}  {i.Provider}  service {i.ServiceId} {i.ServiceName}  {i.Before} → {i.After}");
}
