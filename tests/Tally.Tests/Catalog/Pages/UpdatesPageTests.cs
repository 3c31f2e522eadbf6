using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Catalog.Pages;

public sealed class UpdatesPageTests
{
    [Theory, BothStores]
    public async Task What_has_changed_is_told_in_the_visitors_language_with_old_and_new(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = new WebVisitor(panel, "vi");
        await visitor.OpenAsync("/updates");
        visitor.Text.ShouldContain(Words.In("vi")["catalog.updates.none"]);
        var service = await panel.AddServiceAsync(rate: "1000", with: s => s with { Name = "Tăng <like>" });
        await panel.SaveAsync(service = service with { Rate = Money.Parse("1250") });
        await panel.SaveAsync(service = service with { Rate = Money.Parse("1000") });
        await panel.SaveAsync(service = service with { Max = 25_000 });
        await panel.SaveAsync(service = service with { Name = "Tên mới" });
        await panel.SaveAsync(service = service with { Enabled = false });
        await panel.SaveAsync(service with { Enabled = true });
        await visitor.OpenAsync("/updates");
        var lines = visitor.Page.QuerySelectorAll(".update");
        var vi = Words.In("vi");
        lines.Select(l => l.QuerySelector(".update-kind")!.TextContent.Trim()).ShouldBe(
            [vi["catalog.change.On"], vi["catalog.change.Off"], vi["catalog.change.Renamed"], vi["catalog.change.Limits"], vi["catalog.change.PriceDown"], vi["catalog.change.PriceUp"], vi["catalog.change.New"]]);
        string Values(int line) => string.Join(' ', lines[line].QuerySelector(".update-values")!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Values(0).ShouldBe("$1.000,00");
        lines[1].QuerySelector(".update-values").ShouldBeNull();
        Values(2).ShouldBe("trước đây: Tăng <like> Tên mới");
        Values(3).ShouldBe("trước đây: 10 – 10.000 10 – 25.000");
        Values(4).ShouldBe("trước đây: $1.250,00 $1.000,00 −20 %");
        Values(5).ShouldBe("trước đây: $1.000,00 $1.250,00 +25 %");
        lines[6].TextContent.ShouldContain("Tăng <like>");
    }

    [Theory, BothStores]
    public async Task The_log_goes_on_page_by_page_without_a_gap(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var model = await panel.AddServiceAsync();
        await panel.Get<SaveServices>().RunAsync([.. Enumerable.Range(1_000, 119).Select(i => model with { Id = i })], CancellationToken.None);
        using var visitor = new WebVisitor(panel);
        var seen = new List<string>();
        for (var path = "/updates"; path is not null; path = visitor.Page.QuerySelector("a[rel=next]")?.GetAttribute("href"))
        {
            await visitor.OpenAsync(path);
            visitor.Page.QuerySelectorAll(".update").Length.ShouldBeInRange(1, 50);
            seen.AddRange(visitor.Page.QuerySelectorAll(".update .shelf-id").Select(i => i.TextContent));
        }

        seen.Count.ShouldBe(120);
        seen.Distinct().Count().ShouldBe(120);
        await visitor.OpenAsync("/updates?before=nonsense");
        visitor.Page.QuerySelectorAll(".update").Length.ShouldBe(50);
    }
}
