using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class SaveProviderTests
{
    private const string Url = "https://panel.example/api/v2";

    [Theory, BothStores]
    public async Task What_is_set_is_known_everywhere_and_what_is_not_named_stays(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var node = await TestPanel.JoinAsync(panel.Database);
        var save = panel.Get<SaveProvider>();
        var added = await save.AddAsync("up", Url, "key", references: true, allowPrivate: false, CancellationToken.None);
        (added.ConnectTimeout, added.Timeout, added.Concurrency, added.CallsPerSecond, added.Currency, added.ExchangeRate, added.LowBalance, added.Extra)
            .ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 16, 0, null, 1m, null, ExtraParameters.None));

        var change = new ProviderChange
        {
            ConnectTimeoutS = 3,
            TimeoutS = 40,
            Concurrency = 1000,
            CallsPerSecond = 7,
            Extra = ["b=2", "a=x=y"],
            Currency = "USD",
            ExchangeRate = "25400.123456789012345678",
            LowBalance = "12.5",
        };
        var changed = await save.ChangeAsync(added.Id, change, CancellationToken.None);
        var expected = added with
        {
            ConnectTimeout = TimeSpan.FromSeconds(3),
            Timeout = TimeSpan.FromSeconds(40),
            Concurrency = 1000,
            CallsPerSecond = 7,
            Extra = ExtraParameters.Parse(["a=x=y", "b=2"]),
            Currency = "USD",
            ExchangeRate = 25400.123456789012345678m,
            LowBalance = 12.5m,
        };
        changed.ShouldBe(expected);
        changed.Extra.Pairs.ShouldBe([new("a", "x=y"), new("b", "2")]);
        await TestPanel.WaitAsync(() => Task.FromResult(node.Get<ProviderBook>().Current.GetValueOrDefault(added.Id) == expected), "the other node knows all of it");

        changed = await save.ChangeAsync(added.Id, new ProviderChange { Currency = "panel", LowBalance = "none", Extra = [], TimeoutS = 2 }, CancellationToken.None);
        changed.ShouldBe(expected with { Currency = null, LowBalance = null, Extra = ExtraParameters.None, Timeout = TimeSpan.FromSeconds(2), ConnectTimeout = TimeSpan.FromSeconds(2) });
    }

    [Theory, BothStores]
    public async Task Two_providers_whose_names_differ_only_in_case_are_refused_by_the_store_itself(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.Get<SaveProvider>().AddAsync("Up", Url, "key", false, false, CancellationToken.None);
        (await Should.ThrowAsync<InvalidInputException>(panel.Get<SaveProvider>().AddAsync("uP", Url, "key", false, false, CancellationToken.None))).Message.ShouldContain("'Up'");
        var direct = await Should.ThrowAsync<System.Data.Common.DbException>(panel.Get<Database>().WriteAsync(
            tx => tx.Connection.ExecuteAsync(
                "INSERT INTO providers (id, name, url, api_key, supports_references, allow_private, concurrency, created_at, version) VALUES (99, 'UP', 'x', 'x', 0, 0, 1, 1, 1)", null, tx.Transaction),
            CancellationToken.None));
        DatabaseFailure.Of(direct).ShouldBe(FailureKind.Conflict);
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void What_is_outside_its_range_is_refused_with_words(string words, ProviderChange change)
    {
        var provider = new Provider(1, "up", new Uri(Url), "key", false, false, null, 16);
        Should.Throw<InvalidInputException>(() => change.Of(provider)).Message.ShouldContain(words);
    }

    public static TheoryData<string, ProviderChange> OutOfRange() => new()
    {
        { "connect time-out: whole seconds, 1 to 40", new ProviderChange { ConnectTimeoutS = 0 } },
        { "total time-out: whole seconds, 1 to 40", new ProviderChange { TimeoutS = 41 } },
        { "total time-out: whole seconds, 1 to 40", new ProviderChange { TimeoutS = 0 } },
        { "must not be longer than the total", new ProviderChange { ConnectTimeoutS = 31 } },
        { "concurrency: a whole number, 1 to 1000", new ProviderChange { Concurrency = 0 } },
        { "concurrency: a whole number, 1 to 1000", new ProviderChange { Concurrency = 1001 } },
        { "calls a second: a whole number, 0 to 1000", new ProviderChange { CallsPerSecond = -1 } },
        { "three capital letters", new ProviderChange { Currency = "usd" } },
        { "exchange rate", new ProviderChange { ExchangeRate = "0" } },
        { "exchange rate", new ProviderChange { ExchangeRate = "-1" } },
        { "exchange rate", new ProviderChange { ExchangeRate = "1,5" } },
        { "exchange rate", new ProviderChange { ExchangeRate = "1e5" } },
        { "low balance", new ProviderChange { LowBalance = "-1" } },
        { "http(s) address", new ProviderChange { Url = "ftp://panel.example" } },
        { "a name and a key", new ProviderChange { Key = " " } },
        { "looks like name=value", new ProviderChange { Extra = ["name"] } },
        { "looks like name=value", new ProviderChange { Extra = ["=value"] } },
        { "'Key' is a parameter of the API itself", new ProviderChange { Extra = ["Key=1"] } },
        { "'action' is a parameter of the API itself", new ProviderChange { Extra = ["action=add"] } },
        { "'order_reference' is a parameter of the API itself", new ProviderChange { Extra = ["order_reference=1"] } },
        { "'quantity' is a parameter of the API itself", new ProviderChange { Extra = ["quantity=1"] } },
        { "is there twice", new ProviderChange { Extra = ["a=1", "A=2"] } },
        { "At most 20", new ProviderChange { Extra = [.. Enumerable.Range(0, 21).Select(i => $"p{i}=1")] } },
    };
}
