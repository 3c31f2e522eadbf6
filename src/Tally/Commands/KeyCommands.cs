using System.CommandLine;
using System.Globalization;
using Tally.Accounts;

namespace Tally.Commands;

/// <summary><c>key add</c>, <c>key list</c>, <c>key revoke</c>.</summary>
internal static class KeyCommands
{
    private static readonly Argument<string> Email = new("email") { Description = "The account's e-mail address" };

    public static Command Build()
    {
        var name = new Option<string>("--name") { Description = "What the key is for", DefaultValueFactory = _ => "key" };
        var scopeOption = new Option<KeyScope>("--scope") { Description = "read, or order (reads too)", DefaultValueFactory = _ => KeyScope.Order };
        var id = new Argument<long>("id") { Description = "The key's number, from key list" };
        return new Command("key", "API keys")
        {
            CommandScope.On("add", "Issue another key; it is printed this once", [Email, name, scopeOption], async (scope, parsed, ct) =>
            {
                var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
                var key = await scope.Get<AccountBook>().IssueKeyAsync(account.Id, parsed.GetValue(name)!, parsed.GetValue(scopeOption), ct);
                scope.Say(key, [$"key {key.Id}: {key.Key}", "Keep it: it is not shown again."]);
            }),
            CommandScope.On("list", "An account's keys", [Email], async (scope, parsed, ct) =>
            {
                var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
                var keys = await scope.Get<AccountBook>().KeysAsync(account.Id, ct);
                scope.Say(keys, keys.Select(Line));
            }),
            CommandScope.On("revoke", "Stop a key; within a second on every node", [id], async (scope, parsed, ct) =>
            {
                await scope.Get<AccountBook>().RevokeKeyAsync(parsed.GetValue(id), ct);
                scope.Say(new { id = parsed.GetValue(id), revoked = true }, [$"key {parsed.GetValue(id)} is revoked"]);
            }),
        };
    }

    private static string Line(ApiKey key)
    {
        var used = key.LastUsedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"last used {at:u} from {key.LastUsedFrom ?? "?"}") : "never used";
        return string.Create(CultureInfo.InvariantCulture, $"{key.Id,6}  {key.Shown,-10} {key.Scope,-6} {key.Name,-20} {(key.RevokedAt is { } gone ? $"revoked {gone:u}" : used)}");
    }
}
