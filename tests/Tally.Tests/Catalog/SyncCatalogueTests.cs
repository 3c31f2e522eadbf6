using System.Text.Json;
using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class SyncCatalogueTests
{
    [Theory, BothStores]
    public async Task A_sync_without_a_change_writes_nothing(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var before = await shop.DumpAsync();
        (await shop.DoneAsync()).ShouldBeEmpty();
        (await shop.DoneAsync()).ShouldBeEmpty();
        (await shop.DumpAsync()).ShouldBe(before);
    }

    [Theory, BothStores]
    public async Task What_changes_upstream_follows_and_customers_are_told(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var (first, third) = (shop.Of(1), shop.Of(3));
        shop.Change(1, s => s with { Rate = s.Rate * 1.1m, Description = "new words", Category = "Elsewhere" });
        shop.Change(3, s => s with { Min = 60, Max = 15_000, Refill = false });
        (await shop.DoneAsync()).Select(l => (l.What, l.ServiceId)).ShouldBe([("changed", first.Id), ("changed", third.Id)]);

        var now = shop.Of(1);
        (now.Rate, now.ProviderRate, now.Description, now.Category).ShouldBe((new Money(first.Rate.Units * 11 / 10), new Money(first.ProviderRate!.Value.Units * 11 / 10), "new words", "Elsewhere"));
        (await shop.UpdatesAsync(first.Id)).ShouldBe([$"PriceUp {first.Rate} {now.Rate}"]);
        (shop.Of(3) is { Min: 60, Max: 15_000, Refill: false }).ShouldBeTrue();
        (await shop.UpdatesAsync(third.Id)).ShouldBe(["Limits 50–20000 60–15000"]);
        (await shop.AlertsAsync()).ShouldBeEmpty();
        (await shop.DoneAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_jump_a_rename_and_a_change_of_type_wait_for_the_operator(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var (jumps, renames, types) = (shop.Of(1), shop.Of(3), shop.Of(4));
        shop.Change(1, s => s with { Rate = s.Rate * 1.3m });
        shop.Change(3, s => s with { Name = "Something else" });
        shop.Change(4, s => s with { Type = "Poll" });
        await shop.DoneAsync();
        (shop.Of(1), shop.Of(3), shop.Of(4)).ShouldBe((jumps with { ProviderRate = new Money(jumps.ProviderRate!.Value.Units * 13 / 10) }, renames, types));
        var waiting = await shop.WaitingAsync();
        waiting.Select(w => (w.Kind, w.ServiceId, w.Provider)).ShouldBe(
            [(QuarantineKind.Price, jumps.Id, "upstream"), (QuarantineKind.Rename, renames.Id, "upstream"), (QuarantineKind.Type, types.Id, "upstream")], ignoreOrder: true);
        var rename = waiting.Single(w => w.Kind == QuarantineKind.Rename);
        (rename.Before, rename.After).ShouldBe((renames.Name, "Something else"));
        (await shop.AlertsAsync()).ShouldBe(["provider upstream: 3 changes of the catalogue wait for a yes or a no: tally services quarantine list"]);
        foreach (var service in (Service[])[jumps, renames, types])
        {
            (await shop.UpdatesAsync(service.Id)).ShouldBeEmpty();
        }

        var before = await shop.DumpAsync();
        (await shop.DoneAsync()).ShouldBeEmpty();
        (await shop.DumpAsync()).ShouldBe(before, "one row is open for a service and a kind");

        await shop.JudgeAsync(accept: true, [.. waiting.Where(w => w.Kind != QuarantineKind.Rename).Select(w => w.Id)]);
        await shop.JudgeAsync(accept: false, rename.Id);
        (shop.Of(1).Rate.Units, shop.Of(3).Name, shop.Of(4).Type).ShouldBe((jumps.Rate.Units * 13 / 10, renames.Name, ServiceType.Poll));
        (await shop.UpdatesAsync(jumps.Id)).ShouldBe([$"PriceUp {jumps.Rate} {shop.Of(1).Rate}"]);
        (await shop.UpdatesAsync(types.Id)).ShouldBe(["TypeChanged Default Poll"]);
        (await shop.AlertsAsync()).ShouldBeEmpty();
        (await shop.WaitingAsync()).ShouldBeEmpty();
        (await shop.DoneAsync()).ShouldBeEmpty("what was rejected does not come back");
        (await shop.DumpAsync()).ShouldContain("quarantine reject");
    }

    [Theory, BothStores]
    public async Task A_row_moves_with_upstream_so_that_a_yes_never_applies_what_was_not_seen(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var ours = shop.Of(1);
        shop.Change(1, s => s with { Rate = s.Rate * 1.3m });
        await shop.DoneAsync();
        var seen = (await shop.WaitingAsync()).ShouldHaveSingleItem();
        shop.Change(1, s => s with { Rate = s.Rate * 2 });
        await shop.DoneAsync();
        var moved = (await shop.WaitingAsync()).ShouldHaveSingleItem();
        (moved.Before, moved.OpenedAt).ShouldBe((seen.Before, seen.OpenedAt));
        (await Should.ThrowAsync<InvalidInputException>(() => shop.JudgeAsync(accept: true, seen.Id))).Message.ShouldContain("upstream has moved");
        shop.Of(1).Rate.ShouldBe(ours.Rate);
        await shop.JudgeAsync(accept: true, moved.Id);
        shop.Of(1).Rate.ToString().ShouldBe(moved.After);

        shop.Change(1, s => s with { Rate = s.Rate * 2 });
        await shop.DoneAsync();
        (await shop.AlertsAsync()).Count.ShouldBe(1);
        shop.Change(1, s => s with { Rate = s.Rate / 2 });
        (await shop.DoneAsync()).ShouldContain(l => l.What == "withdrawn");
        (await shop.WaitingAsync()).ShouldBeEmpty();
        (await shop.AlertsAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task The_panel_stops_selling_at_a_loss_the_moment_it_knows(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var ours = shop.Of(3);
        shop.Change(3, s => s with { Rate = s.Rate * 2 });
        await shop.DoneAsync();
        shop.Of(3).Rate.ShouldBe(ours.Rate);
        (await OrderAsync(shop, ours)).ShouldBe("disabled_service");
        (await ListedAsync(shop)).ShouldNotContain(ours.Id);
        (await shop.UpdatesAsync(ours.Id)).ShouldBe(["Off  "]);
        (await Should.ThrowAsync<InvalidInputException>(() => shop.SetAsync(ours, s => s, new NewRate.ByHand(new Money(ours.Rate.Units + 1))))).Message
            .ShouldContain($"upstream asks {shop.Of(3).ProviderRate}");

        await shop.JudgeAsync(accept: true);
        (await OrderAsync(shop, ours)).ShouldBe("");
        (await ListedAsync(shop)).ShouldContain(ours.Id);
        (await shop.UpdatesAsync(ours.Id)).ShouldBe([$"On  {shop.Of(3).Rate}", "Off  "]);
    }

    [Theory, BothStores]
    public async Task An_unclear_answer_changes_nothing(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var before = await shop.DumpAsync();
        Fault[] faults = [new Fault.Empty(), new Fault.Html(), new Fault.Status(500), new Fault.Status(404), new Fault.Malformed(), new Fault.ResetBeforeBody(), new Fault.ResetAfterTaking(),
            .. Enum.GetValues<AnswerShape>().Select(s => new Fault.WrongShape(s))];
        foreach (var fault in faults)
        {
            shop.Upstream.Faults.WithProbability(SimulatedAction.Services, 1, fault);
            var outcome = await shop.SyncAsync();
            (outcome is SyncOutcome.NoAnswer or SyncOutcome.Done { Report.Lines.Count: 0 }).ShouldBeTrue($"{fault}: {outcome}");
            shop.Upstream.Faults.Clear();
            (await shop.DumpAsync()).ShouldBe(before, fault.ToString());
        }

        shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services.ShouldAllBe(s => s.Sold);
    }

    [Theory, BothStores]
    public async Task What_vanishes_is_not_sold_and_not_priced_0(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var (gone, rate) = (shop.Of(3), shop.Of(3).Rate);
        shop.Change(3, _ => null);
        (await shop.DoneAsync()).ShouldHaveSingleItem().What.ShouldBe("vanished");
        shop.Of(3).ShouldBe(gone with { Vanished = true });
        shop.Of(3).Rate.ShouldBe(rate);
        (await OrderAsync(shop, gone)).ShouldBe("disabled_service");
        (await ListedAsync(shop)).ShouldNotContain(gone.Id);
        (await shop.DoneAsync()).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task An_answer_that_lost_most_services_is_believed_only_by_force_and_the_operator_is_told(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var before = await shop.DumpAsync();
        var all = shop.Upstream.Services;
        foreach (var service in all.Skip(5))
        {
            shop.Upstream.ChangeService(service.Id, _ => null);
        }

        (await shop.SyncAsync(dryRun: true)).ShouldBeOfType<SyncOutcome.Refused>();
        (await shop.DumpAsync()).ShouldBe(before);
        (await shop.SyncAsync()).ShouldBeOfType<SyncOutcome.Refused>().Words.ShouldContain($"lacks {all.Count - 5} of {all.Count}");
        (await shop.AlertsAsync()).ShouldHaveSingleItem().ShouldContain("--force");
        shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services.ShouldAllBe(s => !s.Vanished);
        (await shop.DoneAsync(force: true)).Count.ShouldBe(all.Count - 5);
        (await shop.AlertsAsync()).ShouldBeEmpty();
        shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services.Count(s => s.Vanished).ShouldBe(all.Count - 5);
    }

    [Theory, BothStores]
    public async Task What_the_operator_set_stays_and_is_followed_again_when_it_is_left_to_the_rules(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var hand = new Money(shop.Of(1).Rate.Units + 7);
        await shop.SetAsync(shop.Of(1), s => s with { Name = "Ours", Max = 5_000 }, new NewRate.ByHand(hand));
        shop.Change(1, s => s with { Rate = s.Rate * 1.2m, Max = 9_000, Description = "new" });
        await shop.DoneAsync();
        var ours = shop.Of(1);
        (ours.Name, ours.Max, ours.Rate, ours.Description).ShouldBe(("Ours", 5_000, hand, "new"));
        (await shop.WaitingAsync()).ShouldBeEmpty();
        var ruled = await shop.SetAsync(ours, s => s, new NewRate.ByRules());
        (ruled.Rate, ruled.PricedByHand).ShouldBe((Pricing.Of(ours.ProviderRate!.Value, PriceTerms.Of(5_000)), false));
        shop.Change(1, s => s with { Rate = s.Rate * 1.1m });
        await shop.DoneAsync();
        shop.Of(1).Rate.ShouldBe(Pricing.Of(shop.Of(1).ProviderRate!.Value, PriceTerms.Of(5_000)));
    }

    [Theory, BothStores]
    public async Task A_dry_run_says_what_the_sync_then_does_and_writes_nothing(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        shop.Change(1, s => s with { Rate = s.Rate * 3 });
        shop.Change(3, s => s with { Name = "Other", Min = 60 });
        shop.Change(4, _ => null);
        var before = await shop.DumpAsync();
        var dry = await shop.DoneAsync(dryRun: true);
        (await shop.DumpAsync()).ShouldBe(before);
        dry.Select(l => l.What).ShouldBe(["changed", "quarantined", "changed", "quarantined", "vanished"], ignoreOrder: true);
        (await shop.DoneAsync()).ShouldBe(dry);
    }

    [Theory, BothStores]
    public async Task What_is_new_upstream_is_added_off_until_the_setting_says_on(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var other = await shop.Panel.AddProviderAsync(shop.Upstream.Url, shop.Upstream.Key, name: "second");
        var report = (await shop.Panel.Get<SyncCatalogue>().RunAsync(other, false, false, CancellationToken.None)).ShouldBeOfType<SyncOutcome.Done>().Report;
        report.Lines.ShouldAllBe(l => l.What == "added" && l.Text.EndsWith("off"));
        var added = shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services.Where(s => s.ProviderId == other.Id).ToList();
        added.Count.ShouldBe(shop.Upstream.Services.Count);
        added.ShouldAllBe(s => !s.Sold && s.Rate == s.ProviderRate && s.Upstream != null);
        await shop.Panel.SetAsync("new_services", "on");
        var third = await shop.Panel.AddProviderAsync(shop.Upstream.Url, shop.Upstream.Key, name: "third");
        await shop.Panel.Get<SyncCatalogue>().RunAsync(third, false, false, CancellationToken.None);
        shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services.Where(s => s.ProviderId == third.Id).ShouldAllBe(s => s.Sold);
    }

    [Theory, BothStores]
    public async Task A_further_routes_rate_is_kept_up_to_date_and_decides_with_the_first_whether_it_is_a_loss(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        var other = await shop.Panel.AddProviderAsync(shop.Upstream.Url, shop.Upstream.Key, name: "second");
        var there = shop.Upstream.ServiceFor(3).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await shop.SetAsync(shop.Of(1), s => s with { FurtherRoutes = [new Route(other.Id, there, null)] });
        await shop.Panel.Get<SyncCatalogue>().RunAsync(other, false, false, CancellationToken.None);
        var cost = shop.Of(3).ProviderRate;
        Mine().FurtherRoutes.ShouldHaveSingleItem().ProviderRate.ShouldBe(cost);
        shop.Change(1, s => s with { Rate = 1_000_000 });
        await shop.DoneAsync();
        (Mine().Sold, Mine().ProviderRate).ShouldBe((cost <= Mine().Rate, Money.Parse("1000000")));
        shop.Change(3, s => s with { Rate = 900_000 });
        await shop.Panel.Get<SyncCatalogue>().RunAsync(other, false, false, CancellationToken.None);
        Mine().Sold.ShouldBeFalse();

        Service Mine() => shop.Panel.Get<Tally.Catalog.Catalog>().Current.Services.Single(s => s.FurtherRoutes.Count > 0);
    }

    [Theory, BothStores]
    public async Task Writers_at_the_same_time_lose_nothing(StoreKind kind)
    {
        await using var shop = await SyncedPanel.StartAsync(kind);
        shop.Change(1, s => s with { Rate = s.Rate * 1.1m });
        var cost = new Money(shop.Of(1).ProviderRate!.Value.Units * 11 / 10);
        var ids = new[] { 1, 3, 4, 5 }.Select(d => shop.Of(d)).ToList();
        await Task.WhenAll([.. ids.Select(s => shop.SetAsync(s, it => it with { Handles = true })), .. ids.Select(s => shop.SetAsync(s, it => it with { RefillDays = 12 })), shop.SyncAsync(), shop.SyncAsync()]);
        await shop.Panel.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        foreach (var demo in (int[])[1, 3, 4, 5])
        {
            (shop.Of(demo) is { Handles: true, RefillDays: 12 }).ShouldBeTrue();
        }

        shop.Of(1).ProviderRate.ShouldBe(cost);
        (await shop.UpdatesAsync(shop.Of(1).Id)).Count.ShouldBe(1, "two syncs tell it once");
    }

    private static async Task<string> OrderAsync(SyncedPanel shop, Service service)
    {
        var answer = await shop.Panel.CallAsync("add", ("service", service.Id.Text()), ("link", Asked.Link), ("quantity", "100"));
        return answer.TryGetProperty("code", out var code) ? code.GetString()! : answer.TryGetProperty("error", out var error) ? error.GetString()! : "";
    }

    private static async Task<IReadOnlyList<long>> ListedAsync(SyncedPanel shop) =>
        [.. (await shop.Panel.CallAsync("services")).EnumerateArray().Select(s => s.GetProperty("service")).Select(s => s.ValueKind == JsonValueKind.Number ? s.GetInt64() : long.Parse(s.GetString()!))];
}
