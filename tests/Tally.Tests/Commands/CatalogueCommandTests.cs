using System.Text.Json;
using Shouldly;
using Tally.Demo;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class CatalogueCommandTests
{
    [Theory, BothStores]
    public async Task A_sync_says_what_changed_and_what_waits_is_accepted_or_rejected(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        await ImportAsync(tally, upstream);
        (await tally.RunAsync("services", "sync")).ShouldSucceed().Lines.ShouldBe(["up: nothing has changed"]);
        upstream.ChangeService(501, s => s with { Rate = s.Rate * 2 });
        upstream.ChangeService(503, s => s with { Name = "Renamed there", Min = 60 });
        var dry = (await tally.RunAsync("services", "sync", "--dry-run")).ShouldSucceed();
        dry.Lines[0].ShouldBe("up: 2 changed, 2 quarantined (dry run: nothing is written)");
        (await tally.RunAsync("services", "quarantine", "list")).ShouldSucceed().Lines.ShouldBe(["Nothing waits."]);
        (await tally.RunAsync("provider", "sync", "up")).ShouldSucceed().Lines.Skip(1).ShouldBe(dry.Lines.Skip(1));
        (await tally.JsonAsync("services", "sync", "--provider", "UP"))[0].GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await tally.RunAsync("services", "list")).ShouldSucceed().Output.ShouldContain("[not sold: below cost, the cheapest route asks 21000]");

        var waiting = await tally.JsonAsync("services", "quarantine", "list");
        var (price, rename) = (waiting.EnumerateArray().Single(q => q.GetProperty("kind").GetString() == "price"), waiting.EnumerateArray().Single(q => q.GetProperty("kind").GetString() == "rename"));
        (await tally.RunAsync("services", "quarantine", "accept")).ShouldFail("Name either ids from the list or --all.");
        (await tally.RunAsync("services", "quarantine", "accept", "1", "--all")).ShouldFail("Name either ids");
        (await tally.RunAsync("services", "quarantine", "reject", "999")).ShouldFail("Nothing waits under 999");
        (await tally.RunAsync("services", "quarantine", "reject", rename.GetProperty("id").ToString())).ShouldSucceed().Lines.ShouldHaveSingleItem().ShouldStartWith("rejected ");
        (await tally.RunAsync("services", "quarantine", "accept", "--all")).ShouldSucceed().Lines.ShouldHaveSingleItem().ShouldContain("→ " + price.GetProperty("after").GetString());
        (await tally.RunAsync("services", "quarantine", "list")).ShouldSucceed().Lines.ShouldBe(["Nothing waits."]);
        var updates = (await tally.RunAsync("services", "updates", "--count", "3")).ShouldSucceed();
        updates.Lines.Length.ShouldBe(3);
        updates.Lines[0].ShouldContain("  On ");
        (await tally.RunAsync("services", "updates", "--count", "0")).ShouldFail("--count: 1 to 500.");
        (await tally.RunAsync("services", "sync", "--provider", "nobody")).ShouldFail("There is no provider named 'nobody'.");
    }

    [Fact]
    public async Task A_sync_that_could_not_be_ends_with_1()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("services", "sync")).ShouldSucceed().Lines.ShouldBe(["No provider delivers anything."]);
        await using var upstream = await SimulatedProvider.StartAsync();
        await ImportAsync(tally, upstream);
        upstream.Faults.WithProbability(SimulatedAction.Services, 1, new Fault.Html());
        var silent = await tally.RunAsync("services", "sync");
        upstream.Faults.Clear();
        (silent.Code, silent.Lines.ShouldHaveSingleItem().StartsWith("up: nothing changed; ", StringComparison.Ordinal)).ShouldBe((1, true));
        foreach (var service in upstream.Services.Skip(3))
        {
            upstream.ChangeService(service.Id, _ => null);
        }

        var refused = await tally.RunAsync("services", "sync");
        (refused.Code, refused.Lines.ShouldHaveSingleItem().EndsWith("(--force believes it)", StringComparison.Ordinal)).ShouldBe((1, true));
        (await tally.RunAsync("services", "sync", "--force")).ShouldSucceed().Lines[0].ShouldMatch("^up: [0-9]+ vanished$");
        (await tally.RunAsync("services", "list")).ShouldSucceed().Output.ShouldContain("[not sold: its provider does not list it now]");
    }

    [Theory, BothStores]
    public async Task Price_rules_are_set_listed_and_removed(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        await ImportAsync(tally, upstream);
        (await tally.RunAsync("services", "prices", "list")).ShouldSucceed().Lines.ShouldBe(["No rule: the margin of each provider's import holds."]);
        (await tally.RunAsync("services", "prices", "set", "--scope", "panel", "--margin", "30", "--fixed", "1.5", "--step", "500")).ShouldSucceed().Lines[0]
            .ShouldBe("panel                          margin 30 %, fixed 1.5, step 500");
        var set = await tally.JsonAsync("services", "prices", "set", "--scope", "provider", "--subject", "UP", "--margin", "33.33");
        set.GetProperty("rule").GetProperty("subject").GetString().ShouldBe("up");
        set.GetProperty("repriced").GetArrayLength().ShouldBeGreaterThan(10);
        (await tally.RunAsync("services", "prices", "set", "--scope", "service", "--subject", "1", "--margin", "100")).ShouldSucceed().Lines[1].ShouldBe("1 service has another price now");
        (await tally.JsonAsync("services", "prices", "list")).GetArrayLength().ShouldBe(3);
        (await tally.RunAsync("services", "prices", "remove", "--scope", "service", "--subject", "1")).ShouldSucceed().Lines.ShouldBe(["1 service has another price now"]);
        (await tally.RunAsync("services", "prices", "remove", "--scope", "service", "--subject", "1")).ShouldFail("There is no price rule for service 1.");
        (await tally.RunAsync("services", "prices", "set", "--scope", "panel", "--margin", "1.234")).ShouldFail("--margin", "two decimals");
        (await tally.RunAsync("services", "prices", "set", "--scope", "panel", "--margin", "1", "--fixed", "much")).ShouldFail("--fixed: 'much' is no amount");
        (await tally.RunAsync("services", "prices", "set", "--scope", "panel", "--subject", "x", "--margin", "1")).ShouldFail("the panel has none");
        (await tally.RunAsync("services", "prices", "set", "--scope", "category", "--margin", "1")).ShouldFail("Name the category with --subject.");
        (await tally.RunAsync("services", "prices", "set", "--scope", "provider", "--subject", "nobody", "--margin", "1")).ShouldFail("There is no provider named 'nobody'.");
        (await tally.RunAsync("services", "prices", "set", "--scope", "world", "--margin", "1")).ShouldBeMisspelt("world");
    }

    [Theory, BothStores]
    public async Task Routes_are_added_changed_and_removed(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        await ImportAsync(tally, upstream);
        await tally.JsonAsync("provider", "add", "second", upstream.Url.ToString(), upstream.Key, "--allow-private");
        (await tally.RunAsync("services", "routes", "add", "1", "--provider", "second", "--service", "503", "--share", "30")).ShouldSucceed().Lines.Length.ShouldBe(2);
        (await tally.RunAsync("services", "routes", "add", "1", "--provider", "second", "--service", "503")).ShouldFail("second 503 is a route already.");
        (await tally.RunAsync("services", "routes", "add", "1", "--provider", "second", "--service", "504", "--share", "71")).ShouldFail("all shares sum to at most 100");
        (await tally.RunAsync("services", "sync", "--provider", "second")).ShouldSucceed();
        (await tally.RunAsync("services", "routes", "set", "1", "--provider", "second", "--service", "503", "--share", "40")).ShouldSucceed().Lines[1]
            .ShouldBe("  2  second               503        rate 12950  share 40 %");
        (await tally.RunAsync("services", "routes", "set", "1", "--provider", "second", "--service", "555", "--share", "40")).ShouldFail("second 555 is none of the further routes.");
        var routes = await tally.JsonAsync("services", "routes", "list", "1");
        (routes.GetArrayLength(), routes[1].GetProperty("providerRate").GetString()).ShouldBe((2, "12950"));
        (await tally.JsonAsync("services", "set", "1", "--routing", "cheapest")).GetProperty("routing").GetString().ShouldBe("cheapest");
        (await tally.RunAsync("services", "routes", "remove", "1", "--provider", "second", "--service", "503")).ShouldSucceed().Lines.Length.ShouldBe(1);
        (await tally.RunAsync("services", "routes", "list", "99999")).ShouldFail("There is no service 99999.");
    }

    [Theory, BothStores]
    public async Task A_price_is_set_by_hand_never_below_cost_or_left_to_the_rules(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync();
        await ImportAsync(tally, upstream);
        var rate = (await ServiceAsync(tally)).GetProperty("rate").GetString()!;
        (await tally.RunAsync("services", "set", "1", "--rate", "0.5")).ShouldFail("Service 1 would be sold below cost: 0.5 per 1000, but up asks 10500.");
        (await tally.JsonAsync("services", "set", "1", "--rate", "99999")).GetProperty("pricedByHand").GetBoolean().ShouldBeTrue();
        await tally.RunAsync("services", "sync");
        (await ServiceAsync(tally)).GetProperty("rate").GetString().ShouldBe("99999");
        (await tally.JsonAsync("services", "set", "1", "--rate", "auto")).GetProperty("rate").GetString().ShouldBe(rate);
    }

    private static async Task<JsonElement> ServiceAsync(CommandLine tally) => (await tally.JsonAsync("services", "list")).EnumerateArray().Single(s => s.GetProperty("id").GetInt64() == 1);

    private static async Task ImportAsync(CommandLine tally, SimulatedProvider upstream)
    {
        await tally.JsonAsync("provider", "add", "up", upstream.Url.ToString(), upstream.Key, "--allow-private");
        await tally.JsonAsync("services", "import", "--provider", "up", "--margin", "50");
    }
}
