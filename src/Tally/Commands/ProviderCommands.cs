using System.CommandLine;
using System.Globalization;
using Tally.Contract;
using Tally.Providers;

namespace Tally.Commands;

/// <summary><c>provider add</c>, <c>set</c>, <c>list</c>, <c>test</c>, <c>pause</c>, <c>resume</c>.</summary>
internal static class ProviderCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "The provider's name" };

    public static Command Build()
    {
        var url = new Argument<string>("url") { Description = "Its API's address, such as https://panel.example/api/v2" };
        var key = new Argument<string?>("key") { Description = "Your key there; leave it out with --key-stdin, so that it stands in no history", Arity = ArgumentArity.ZeroOrOne };
        var (adding, setting) = (new ProviderOptions(), new ProviderOptions());
        var reason = new Option<string>("--reason") { Description = "Why", DefaultValueFactory = _ => "paused by the operator" };
        return new Command("provider", "The panels that deliver")
        {
            CommandScope.On("add", "Add a provider", [Name, url, key, .. adding.ForAdd], async (scope, parsed, ct) =>
            {
                var terms = await adding.ReadAsync(parsed, add: true, parsed.GetValue(key), ct);
                var provider = await scope.Get<SaveProvider>().AddAsync(
                    parsed.GetValue(Name)!, parsed.GetValue(url)!, terms?.Key ?? "", terms?.References ?? false, terms?.AllowPrivate ?? false, ct, terms);
                scope.Say(ProviderText.Json(provider), [$"provider {provider.Id} {provider.Name} {provider.Url}", $"Next: tally services import --provider {provider.Name}"]);
            }),
            CommandScope.On("set", "Change a provider: what is not named stays as it is", [Name, .. setting.ForSet], async (scope, parsed, ct) =>
            {
                var provider = await scope.Get<ProviderBook>().FindAsync(parsed.GetValue(Name)!, ct);
                var change = await setting.ReadAsync(parsed, add: false, null, ct) ?? throw new InvalidInputException("Say what is to be different: tally provider set --help lists it.");
                provider = await scope.Get<SaveProvider>().ChangeAsync(provider.Id, change, ct);
                scope.Say(ProviderText.Json(provider), ProviderText.Lines(new ListedProvider(provider, null, null, null), scope.Get<TimeProvider>().GetUtcNow()));
            }),
            CommandScope.On("list", "All providers, with state, health, balance and limits", [], async (scope, _, ct) =>
            {
                var all = await scope.Get<ListProviders>().RunAsync(ct);
                scope.Say(all.Select(p => ProviderText.Json(p.Provider, p)), all.SelectMany(p => ProviderText.Lines(p, scope.Get<TimeProvider>().GetUtcNow())));
            }),
            CommandScope.On("test", "Ask a provider for your balance and its services", [Name], TestAsync),
            CommandScope.On("pause", "Send nothing to a provider", [Name, reason], (scope, parsed, ct) => PauseAsync(scope, parsed.GetValue(Name)!, parsed.GetValue(reason), ct)),
            CommandScope.On("resume", "Send to a provider again", [Name], (scope, parsed, ct) => PauseAsync(scope, parsed.GetValue(Name)!, null, ct)),
            ServicesSyncCommand.OfProvider(Name),
        };
    }

    private static async Task TestAsync(CommandScope scope, ParseResult parsed, CancellationToken ct)
    {
        var provider = await scope.Get<ProviderBook>().FindAsync(parsed.GetValue(Name)!, ct);
        var balance = await AskAsync(scope, provider, "balance", api => api.BalanceAsync(ct), there => string.Create(CultureInfo.InvariantCulture, $"balance {there.Amount} {there.Currency}").TrimEnd());

        // Who does not say the balance, or refuses the key, need not be asked for a long list.
        var services = balance.Ok
            ? await AskAsync(scope, provider, "services", api => api.ServicesAsync(ct), list => string.Create(CultureInfo.InvariantCulture, $"{list.Services.Count} services"))
            : null;
        var ok = balance.Ok && services is { Ok: true };
        scope.ExitCode = ok ? 0 : 1;
        var words = balance.Words + (services is null ? "" : ", " + services.Words);
        scope.Say(new { provider = provider.Name, ok, answer = words, balanceMs = balance.Ms, servicesMs = services?.Ms }, [$"{provider.Name}: {words}"]);
    }

    private static async Task<Asked> AskAsync<T>(CommandScope scope, Provider provider, string action, Func<ApiV2Client, Task<ApiResult<T>>> call, Func<T, string> says)
    {
        var time = scope.Get<TimeProvider>();
        var started = time.GetTimestamp();
        var answer = await scope.Get<ProviderBook>().CallAsync(provider, action, call);
        var ms = (long)time.GetElapsedTime(started).TotalMilliseconds;
        return answer switch
        {
            ApiResult<T>.Answered(var value) => new Asked(true, $"{says(value)} ({ms} ms)", ms),
            ApiResult<T>.Refused(var error) => new Asked(false, "it refuses: " + error.Text, ms),
            ApiResult<T>.NotSent(var what) => new Asked(false, what, ms),
            ApiResult<T>.Unclear { What: var what } => new Asked(false, "no clear answer: " + what, ms),
            _ => throw new InvalidOperationException("An answer of no known kind."),
        };
    }

    private static async Task PauseAsync(CommandScope scope, string name, string? reason, CancellationToken ct)
    {
        var provider = await scope.Get<ProviderBook>().FindAsync(name, ct);
        await scope.Get<ProviderBook>().PauseAsync(provider.Id, reason, ct);
        provider = scope.Get<ProviderBook>().Current[provider.Id];
        scope.Say(new { provider.Id, provider.Paused, reason = provider.PauseReason }, [$"{provider.Name} is {ProviderText.State(provider)}"]);
    }

    private sealed record Asked(bool Ok, string Words, long Ms);
}
