using System.CommandLine;
using Tally.Contract;
using Tally.Providers;

namespace Tally.Commands;

/// <summary><c>provider add</c>, <c>provider list</c>, <c>provider test</c>, <c>provider pause</c>, <c>provider resume</c>.</summary>
internal static class ProviderCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "The provider's name" };

    public static Command Build()
    {
        var url = new Argument<string>("url") { Description = "Its API's address, such as https://panel.example/api/v2" };
        var key = new Argument<string>("key") { Description = "Your key there" };
        var references = new Option<bool>("--references") { Description = "It knows order_reference: an order may safely be sent to it again" };
        var allowPrivate = new Option<bool>("--allow-private") { Description = "Its address may be a private one (your own network)" };
        var reason = new Option<string>("--reason") { Description = "Why", DefaultValueFactory = _ => "paused by the operator" };
        return new Command("provider", "The panels that deliver")
        {
            CommandScope.On("add", "Add a provider", [Name, url, key, references, allowPrivate], async (scope, parsed, ct) =>
            {
                var provider = await scope.Get<ProviderBook>().AddAsync(
                    parsed.GetValue(Name)!, parsed.GetValue(url)!, parsed.GetValue(key)!, parsed.GetValue(references), parsed.GetValue(allowPrivate), ct);
                scope.Say(Shown(provider), [$"provider {provider.Id} {provider.Name} {provider.Url}", $"Next: tally services import --provider {provider.Name}"]);
            }),
            CommandScope.On("list", "All providers", [], async (scope, _, ct) =>
            {
                await scope.Get<ProviderBook>().RefreshAsync(ct);
                var all = scope.Get<ProviderBook>().Current.Values.OrderBy(p => p.Id).ToList();
                scope.Say(all.Select(Shown), all.Select(p => $"{p.Id,4}  {p.Name,-20} {p.Url}  {(p.Paused ? "paused: " + p.PauseReason : "active")}"));
            }),
            CommandScope.On("test", "Ask a provider for the balance there", [Name], TestAsync),
            CommandScope.On("pause", "Send nothing to a provider", [Name, reason], (scope, parsed, ct) => PauseAsync(scope, parsed.GetValue(Name)!, parsed.GetValue(reason), ct)),
            CommandScope.On("resume", "Send to a provider again", [Name], (scope, parsed, ct) => PauseAsync(scope, parsed.GetValue(Name)!, null, ct)),
        };
    }

    private static async Task TestAsync(CommandScope scope, ParseResult parsed, CancellationToken ct)
    {
        var provider = await scope.Get<ProviderBook>().FindAsync(parsed.GetValue(Name)!, ct);
        var answer = await scope.Get<ProviderBook>().CallAsync(provider, "balance", api => api.BalanceAsync(ct));
        var (ok, words) = answer switch
        {
            ApiResult<Balance>.Answered(var there) => (true, $"balance {there.Amount} {there.Currency}"),
            ApiResult<Balance>.Refused(var error) => (false, "it refuses: " + error.Text),
            ApiResult<Balance>.NotSent(var what) => (false, what),
            ApiResult<Balance>.Unclear { What: var what } => (false, "no clear answer: " + what),
            _ => throw new InvalidOperationException("An answer of no known kind."),
        };
        scope.ExitCode = ok ? 0 : 1;
        scope.Say(new { provider = provider.Name, ok, answer = words }, [$"{provider.Name}: {words}"]);
    }

    private static async Task PauseAsync(CommandScope scope, string name, string? reason, CancellationToken ct)
    {
        var provider = await scope.Get<ProviderBook>().FindAsync(name, ct);
        await scope.Get<ProviderBook>().PauseAsync(provider.Id, reason, ct);
        scope.Say(new { provider.Id, paused = reason is not null, reason }, [$"{provider.Name} is {(reason is null ? "active" : "paused: " + reason)}"]);
    }

    private static object Shown(Provider p) => new { p.Id, p.Name, url = p.Url, references = p.SupportsReferences, p.AllowPrivate, p.Paused, p.PauseReason, p.Concurrency };
}
