using CsCheck;
using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Ledger;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Catalog;

/// <summary>Random sequences of upstream changes, syncs and the operator's words, with what must hold after each.</summary>
public sealed class CatalogueModelTests
{
    private const int Services = 4, JumpPercent = 20;
    private static readonly string[] Types = ["Default", "SEO", "Package"];

    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Int[0, Services - 1], Gen.Int[0, 11], Gen.Int[0, 5], (service, what, how) => new Step(service, what, how));

    [Theory, BothStores]
    public async Task Whatever_upstream_does_nothing_is_sold_below_cost_or_applied_unseen_or_lost(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.SetAsync("new_services", "on");
        var runs = 0;
        await AnyStep.Array[5, 25].SampleAsync(
            async steps =>
            {
                var run = new Run(panel, await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key", name: $"p{runs++}"));
                await run.SyncAsync();
                foreach (var step in steps)
                {
                    await run.TakeAsync(step);
                }

                await run.SettleAsync();
            },
            iter: kind == StoreKind.Sqlite ? 60 : 25,
            threads: 1,
            print: steps => string.Join('\n', (IEnumerable<Step>)steps));
    }

    /// <param name="What">0–5 upstream changes, 6–8 a sync, 9 accept, 10 reject, 11 a price by hand or by the rules.</param>
    private sealed record Step(int Service, int What, int How);

    private sealed class Run(TestPanel panel, Provider provider)
    {
        private readonly ServiceInfo?[] _theirs = [.. Enumerable.Range(1, Services).Select(id => Stock.Info(id.Text(), 100, "Likes"))];
        private readonly ServiceInfo[] _last = [.. Enumerable.Range(1, Services).Select(id => Stock.Info(id.Text(), 100, "Likes"))];
        private readonly HashSet<string> _rejected = new(StringComparer.Ordinal);

        private List<Service> Ours => [.. panel.Get<Tally.Catalog.Catalog>().Current.Services.Where(s => s.ProviderId == provider.Id).OrderBy(s => s.ProviderService, StringComparer.Ordinal)];

        private ServiceList Offered => new([.. _theirs.OfType<ServiceInfo>()], []);

        public async Task TakeAsync(Step step)
        {
            switch (step.What)
            {
                case <= 2:
                    Upstream(step, s => s with { Rate = ((decimal[])[100, 110, 90, 145, 500, 20])[step.How] });
                    break;
                case 3:
                    Upstream(step, s => s with { Name = step.How < 3 ? "Likes" : "Views" });
                    break;
                case 4:
                    Upstream(step, s => s with { Type = Types[step.How % 3], Min = 1 + step.How, Max = 500 + step.How });
                    break;
                case 5:
                    _theirs[step.Service] = _theirs[step.Service] is null ? _last[step.Service] : Offered.Services.Count > 2 ? null : _theirs[step.Service];
                    break;
                case <= 8:
                    await SyncAsync();
                    break;
                case <= 10:
                    await JudgeAsync(accept: step.What == 9, step.How);
                    break;
                default:
                    await PriceAsync(step);
                    break;
            }
        }

        public async Task SyncAsync()
        {
            var before = Ours.ToDictionary(s => s.ProviderService!, StringComparer.Ordinal);
            var dump = await SyncedPanel.DumpAsync(panel);
            var dry = await ApplyAsync(dryRun: true);
            (await SyncedPanel.DumpAsync(panel)).ShouldBe(dump, "a dry run writes nothing");
            (await ApplyAsync(dryRun: false)).Lines.ShouldBe(dry.Lines, "and says what the sync does");
            var after = Ours;
            after.Select(s => s.ProviderService).ShouldBe(Enumerable.Range(1, Services).Select(id => id.Text()), "nothing is lost and nothing is there twice");
            foreach (var service in after.Where(s => before.ContainsKey(s.ProviderService!)))
            {
                Check(before[service.ProviderService!], service);
            }

            var settled = await SyncedPanel.DumpAsync(panel);
            (await ApplyAsync(dryRun: false)).Lines.ShouldBeEmpty("the same again changes nothing");
            (await SyncedPanel.DumpAsync(panel)).ShouldBe(settled);
        }

        /// <summary>Once the operator has said yes to everything, ours is what upstream offers, save for what was rejected or set by hand.</summary>
        public async Task SettleAsync()
        {
            for (var id = 0; id < Services; id++)
            {
                _theirs[id] ??= _last[id];
            }

            for (var round = 0; round < 3; round++)
            {
                await SyncAsync();
                await JudgeAsync(accept: true, null);
            }

            await SyncAsync();
            foreach (var service in Ours.Where(s => !_rejected.Contains(s.ProviderService!)))
            {
                var theirs = _theirs[int.Parse(service.ProviderService!) - 1]!;
                (service.Name, service.Rules.WireName, service.Min, service.Max).ShouldBe((theirs.Name, theirs.Type, theirs.Min!.Value, theirs.Max!.Value));
                (service.PricedByHand || service.Rate == PanelAmount.Of(null, theirs.Rate)).ShouldBeTrue($"{service.Rate} for {theirs.Rate}");
            }

            (await WaitingAsync()).ShouldBeEmpty();
        }

        private void Check(Service before, Service after)
        {
            (after.Name, after.Type).ShouldBe((before.Name, before.Type), "a sync renames nothing and changes no type");
            (!before.PricedByHand || after.Rate == before.Rate).ShouldBeTrue("a price by hand stays");
            Pricing.IsJump(before.Rate, after.Rate, JumpPercent).ShouldBeFalse($"{before.Rate} → {after.Rate}");
            var theirs = _theirs[int.Parse(after.ProviderService!) - 1];
            after.Vanished.ShouldBe(theirs is null);
            if (theirs is null)
            {
                after.Sold.ShouldBeFalse();
                return;
            }

            var there = TypeRules.Table.Single(r => r.WireName == theirs.Type);
            var cost = Pricing.InUnitsOf(PanelAmount.Of(null, theirs.Rate)!.Value, there.Per, after.Rules.Per);
            after.ProviderRate.ShouldBe(cost);
            after.Sold.ShouldBe(after.Enabled && cost <= after.Rate, $"{after.Rate} for what costs {cost}");
        }

        private void Upstream(Step step, Func<ServiceInfo, ServiceInfo> change)
        {
            if (_theirs[step.Service] is { } there)
            {
                _theirs[step.Service] = _last[step.Service] = change(there);
            }
        }

        private async Task<SyncReport> ApplyAsync(bool dryRun) =>
            (await panel.Get<SyncCatalogue>().ApplyAsync(provider, Offered, dryRun, force: true, CancellationToken.None)).ShouldBeOfType<SyncOutcome.Done>().Report;

        private async Task<List<QuarantineItem>> WaitingAsync() => [.. (await panel.Get<ReviewQuarantine>().ListAsync(CancellationToken.None)).Where(q => q.Provider == provider.Name)];

        private async Task JudgeAsync(bool accept, int? which)
        {
            var waiting = await WaitingAsync();
            var chosen = which is { } at && waiting.Count > 0 ? [waiting[at % waiting.Count]] : waiting;
            if (chosen.Count == 0)
            {
                return;
            }

            var before = Ours.ToDictionary(s => s.Id);
            await panel.Get<ReviewQuarantine>().RunAsync([.. chosen.Select(q => q.Id)], accept, "test", CancellationToken.None);
            foreach (var service in Ours.Where(s => chosen.Any(q => q.ServiceId == s.Id)))
            {
                if (!accept)
                {
                    _rejected.Add(service.ProviderService!);
                    (service with { Upstream = null }).ShouldBe(before[service.Id] with { Upstream = null }, "a no keeps ours");
                }

                (service.Sold && service.ProviderRate > service.Rate).ShouldBeFalse();
            }
        }

        private async Task PriceAsync(Step step)
        {
            var service = Ours[step.Service];
            NewRate rate = step.How < 2 ? new NewRate.ByRules() : new NewRate.ByHand(Money.Parse((40 * step.How).Text()));
            var refused = rate is NewRate.ByHand(var given) && service.ProviderRate > given;
            try
            {
                await panel.Get<SetService>().RunAsync(service.Id, s => s, rate, "test", CancellationToken.None);
                refused.ShouldBeFalse("below cost");
            }
            catch (InvalidInputException e)
            {
                refused.ShouldBeTrue(e.Message);
            }
        }
    }
}

internal static class Numbers
{
    public static string Text(this int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
