using System.Text;
using Shouldly;
using Tally.Catalog;
using Tally.Contract;
using Tally.Demo;
using Tally.Ledger;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class ImportServicesTests
{
    [Theory, BothStores]
    public async Task From_a_file_services_keep_their_ids_and_are_manual(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var saved = """
            [{"service":"41","name":"Likes 👍","type":"default","category":"Cat","rate":"0.9","min":"50","max":"10000","refill":true,"cancel":"1","dripfeed":1,"desc":"words","platform":"P"},
             {"service":7,"name":"Pack","type":"Package","category":"Cat","rate":12.5,"min":1,"max":1,"dripfeed":true}]
            """;
        var report = await ImportAsync(panel, Saved(saved));
        (report.Added, report.Changed, report.Same).ShouldBe((2, 0, 0));
        report.Skipped.ShouldBeEmpty();
        var likes = Of(panel, 41);
        likes.ShouldBe(new Service(
            41, "Likes 👍", "words", ServiceType.Default, "Cat", "P", Money.Parse("0.9"), 50, 10_000, Refill: true, Cancel: true, Dripfeed: true, 0, Enabled: true, Handles: false,
            UniqueLink: false, OnRefusal.Hold, null, null, null, likes.Position));
        (Of(panel, 7).Type, Of(panel, 7).Dripfeed, Of(panel, 7).Rate).ShouldBe((ServiceType.Package, false, Money.Parse("12.5")));
        (await ImportAsync(panel, Saved(saved))).ShouldSatisfyAllConditions(r => r.Same.ShouldBe(2), r => r.Changed.ShouldBe(0), r => r.Added.ShouldBe(0));
    }

    [Theory, BothStores]
    public async Task From_a_provider_they_are_bound_to_it_and_priced_with_the_margin(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var provider = await SimulatedProvider.StartAsync();
        var upstream = await panel.AddProviderAsync(provider.Url, provider.Key);
        var answer = await panel.Get<ProviderBook>().CallAsync(upstream, "services", api => api.ServicesAsync());
        var offered = answer.ShouldBeOfType<ApiResult<ServiceList>.Answered>().Value;
        var report = await ImportAsync(panel, offered, upstream.Id, margin: 50);
        report.Added.ShouldBe(provider.Services.Count);
        foreach (var theirs in provider.Services)
        {
            var ours = panel.Get<Tally.Catalog.Catalog>().Current.Services.Single(s => s.ProviderService == Text(theirs.Id));
            (ours.ProviderId, ours.Name, ours.Rules.WireName, ours.Min, ours.Max).ShouldBe((upstream.Id, theirs.Name, theirs.Type, theirs.Min, theirs.Max));
            ours.ProviderRate!.Value.Units.ShouldBe((long)decimal.Ceiling(theirs.Rate * 100_000));
            ours.Rate.Units.ShouldBe((long)decimal.Ceiling(theirs.Rate * 1.5m * 100_000));
        }
    }

    [Theory, BothStores]
    public async Task Importing_again_changes_what_changed_and_keeps_what_the_operator_set(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        await ImportAsync(panel, Offered(Info("a1"), Info("a2")), upstream.Id, margin: 10);
        var first = panel.Get<Tally.Catalog.Catalog>().Current.Services.Single(s => s.ProviderService == "a1");
        await panel.SaveAsync(first with { Enabled = false, Handles = true, UniqueLink = true, OnRefusal = OnRefusal.Cancel, RefillDays = 30 });

        var report = await ImportAsync(panel, Offered(Info("a1") with { Rate = 3, Name = "New name" }, Info("a2"), Info("a3")), upstream.Id, margin: 10);
        (report.Added, report.Changed, report.Same).ShouldBe((1, 1, 1));
        Of(panel, first.Id).ShouldBe(first with
        {
            Name = "New name",
            Rate = Money.Parse("3.3"),
            ProviderRate = Money.Parse("3"),
            Enabled = false,
            Handles = true,
            UniqueLink = true,
            OnRefusal = OnRefusal.Cancel,
            RefillDays = 30,
            Upstream = first.Upstream! with { Name = "New name", Rate = Money.Parse("3") },
        });
    }

    [Theory, BothStores]
    public async Task What_cannot_be_sold_is_skipped_with_the_reason_and_the_rest_is_taken(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var report = await ImportAsync(panel, new ServiceList(
            [
                Info("1") with { Type = "Teleport" },
                Info("2") with { Name = " " },
                Info("3") with { Min = 20, Max = 10 },
                Info("4") with { Min = 20, Max = null },
                Info("5") with { Rate = -1 },
                Info("6x"),
                Info("7") with { Min = -5 },
                Info("8") with { Name = "a \0 inside" },
                Info("9"),
            ],
            [new UnreadableService(3, "77", "'rate' cannot be read.")]));
        report.Skipped.Select(s => s.Split(':')[0]).ShouldBe(
            ["service 77", "service 1", "service 2", "service 3", "service 4", "service 5", "service 6x", "service 7", "service 8"]);
        report.Skipped.ShouldContain(s => s.Contains("Teleport"));
        report.Added.ShouldBe(1);
        panel.Get<Tally.Catalog.Catalog>().Current.Services.Select(s => s.Id).ShouldBe([9]);
    }

    [Theory, BothStores]
    public async Task A_service_that_is_listed_twice_is_taken_once(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        var report = await ImportAsync(panel, Offered(Info("5"), Info("6"), Info("5") with { Name = "Again" }), upstream.Id);
        report.Added.ShouldBe(2);
        report.Skipped.Single().ShouldStartWith("service 5:");
        panel.Get<Tally.Catalog.Catalog>().Current.Services.Select(s => s.ProviderService).ShouldBe(["5", "6"], ignoreOrder: true);
    }

    [Theory, BothStores]
    public async Task A_file_and_a_provider_never_take_each_others_ids(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await ImportAsync(panel, Offered([.. Enumerable.Range(1, 30).Select(id => Info(Text(id)) with { Name = "file " + Text(id) })]));
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        (await ImportAsync(panel, Offered(Info("1"), Info("2"), Info("3")), upstream.Id)).Added.ShouldBe(3);
        var hand = await panel.AddServiceAsync();
        var all = panel.Get<Tally.Catalog.Catalog>().Current.Services;
        all.Count.ShouldBe(34);
        all.Count(s => s.Name.StartsWith("file ", StringComparison.Ordinal)).ShouldBe(30);
        all.Where(s => s.ProviderId == upstream.Id).Select(s => s.Id).Append(hand.Id).ShouldAllBe(id => id > 30);
    }

    [Theory, BothStores]
    public async Task A_file_changes_a_bound_service_and_leaves_it_bound(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        await ImportAsync(panel, Offered(Info("900")), upstream.Id);
        var bound = panel.Get<Tally.Catalog.Catalog>().Current.Services.Single();
        (await ImportAsync(panel, Offered(Info(Text((int)bound.Id)) with { Name = bound.Name, Rate = 9 }))).Changed.ShouldBe(1);
        Of(panel, bound.Id).ShouldBe(bound with { Rate = Money.Parse("9"), PricedByHand = true });
    }

    [Theory, BothStores]
    public async Task A_price_set_by_hand_survives_an_import_from_the_provider(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        await ImportAsync(panel, Offered(Info("1"), Info("2")), upstream.Id, margin: 50);
        var first = panel.Get<Tally.Catalog.Catalog>().Current.Services[0];
        await panel.Get<SetService>().RunAsync(first.Id, s => s, new NewRate.ByHand(Money.Parse("7")), "test", CancellationToken.None);
        await ImportAsync(panel, Offered(Info("1") with { Rate = 4 }, Info("2") with { Rate = 4 }), upstream.Id, margin: 25);
        panel.Get<Tally.Catalog.Catalog>().Current.Services.Select(s => (s.Rate.ToString(), s.ProviderRate.ToString(), s.PricedByHand)).ShouldBe([("7", "4", true), ("5", "4", false)]);
    }

    private static ServiceInfo Info(string id) => new()
    {
        Service = id,
        Name = "Service " + id,
        Type = "Default",
        Category = "Category",
        Rate = 2,
        Min = 10,
        Max = 1_000,
        Refill = true,
        Cancel = true,
        DripFeed = true,
    };

    private static ServiceList Offered(params ServiceInfo[] services) => new(services, []);

    private static ServiceList Saved(string json) => SavedServices.Read(Encoding.UTF8.GetBytes(json)).ShouldBeOfType<ApiResult<ServiceList>.Answered>().Value;

    private static Task<ImportReport> ImportAsync(TestPanel panel, ServiceList offered, long? provider = null, decimal margin = 0) =>
        panel.Get<ImportServices>().RunAsync(offered, provider, margin, CancellationToken.None);

    private static Service Of(TestPanel panel, long id) => panel.Get<Tally.Catalog.Catalog>().Current.ById[id];

    private static string Text(int id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
