using System.Globalization;
using System.Net;
using Shouldly;
using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Orders;
using Tally.Testing;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Billing.Pages;

public sealed class HistoryPageTests
{
    [Theory, BothStores]
    public async Task Every_movement_is_shown_once_over_pages_with_the_balance_after_it(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        await SpendAsync(panel, orders: 60);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds/history");
        var versions = new List<long>();
        while (true)
        {
            versions.AddRange(visitor.Page.QuerySelectorAll("tr[data-version]").Select(r => long.Parse(r.GetAttribute("data-version")!, CultureInfo.InvariantCulture)));
            if (visitor.Page.QuerySelector("a[rel=next]") is not { } next)
            {
                break;
            }

            await visitor.OpenAsync(next.GetAttribute("href")!);
        }

        versions.ShouldBe(Enumerable.Range(1, 63).Reverse().Select(v => (long)v)); // adjustment, top-up, 60 charges, 1 refund
        var running = Money.Zero;
        var lines = (await panel.Get<ReadStatement>().RunAsync(panel.Customer.Id, null, null, 1_000, CancellationToken.None)).Lines;
        foreach (var line in lines.Reverse())
        {
            (running += line.Amount).ShouldBe(line.Balance);
        }

        running.ToString().ShouldBe(await panel.BalanceAsync());
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Kinds_are_filtered_and_each_line_leads_to_what_it_is_for(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        var orders = await SpendAsync(panel, orders: 3);
        using var visitor = WebVisitor.Customer(panel);
        foreach (var (word, count) in new[] { ("all", 6), ("charges", 3), ("refunds", 1), ("topups", 1), ("adjustments", 1), ("nonsense", 6) })
        {
            await visitor.OpenAsync("/funds/history?kind=" + word);
            visitor.Page.QuerySelectorAll("tr[data-version]").Length.ShouldBe(count, word);
        }

        await visitor.OpenAsync("/funds/history?kind=charges");
        visitor.Page.QuerySelectorAll(".history-what a").Select(a => a.GetAttribute("href")).ShouldBe(orders.Select(o => $"/orders/{o}").Reverse());
        await visitor.OpenAsync("/funds/history?kind=refunds");
        visitor.Page.QuerySelector(".history-what a")!.GetAttribute("href").ShouldBe($"/orders/{orders[0]}");
        visitor.Page.QuerySelector(".history-amount")!.TextContent.ShouldStartWith("+");
        await visitor.OpenAsync("/funds/history?before=rubbish");
        await visitor.OpenAsync("/funds/history?kind=topups&before=2");
        visitor.Page.QuerySelectorAll("tr[data-version]").Length.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Payments_are_listed_with_their_states_and_nobody_sees_anothers(StoreKind kind)
    {
        await using var stripe = await FakeStripe.StartAsync();
        await using var panel = await PaidPanel.StartAsync(kind, stripe);
        await panel.SepayAsync(PaidPanel.Notice(5, TransferMemo.Write("NAP", panel.Customer.Id), 40_000));
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds");
        await visitor.SendAsync("/funds", ("amount", "50000"), ("way", "stripe"));
        await visitor.OpenAsync("/funds/history/payments");
        visitor.Page.QuerySelectorAll("[data-state]").Select(s => s.GetAttribute("data-state")).ShouldBe(["Waiting", "Credited"], ignoreOrder: true);
        var waiting = visitor.Page.QuerySelector(".history-what a")!.GetAttribute("href")!;
        await visitor.OpenAsync(waiting);

        var other = await panel.OpenAccountAsync("other@example.com", "77");
        using var stranger = new WebVisitor(panel).SignedInAs(other.Id, other.Email);
        await stranger.OpenAsync("/funds/history/payments");
        stranger.Page.QuerySelectorAll("tr[data-payment]").Length.ShouldBe(1);
        stranger.Text.ShouldNotContain("40,000");
        await stranger.OpenAsync("/funds/history");
        stranger.Page.QuerySelectorAll("tr[data-version]").Length.ShouldBe(1);
        foreach (var path in new[] { waiting, waiting + "/state" })
        {
            await stranger.GetAsync(path);
            stranger.Status.ShouldBe(HttpStatusCode.NotFound, path);
        }

        using var nobody = new WebVisitor(panel);
        foreach (var path in new[] { "/funds", "/funds/history", "/funds/history/payments", "/funds/bank?amount=1&since=0", "/funds/bank/state?since=0", waiting })
        {
            await nobody.GetAsync(path);
            nobody.Status.ShouldBe(HttpStatusCode.Found, path);
            nobody.Location.ShouldNotBeNull().ShouldContain("/sign-in");
        }
    }

    [Theory, BothStores]
    public async Task Payments_are_paged_by_time_and_number(StoreKind kind)
    {
        await using var panel = await PaidPanel.StartAsync(kind);
        foreach (var i in Enumerable.Range(1, 120))
        {
            await panel.Get<CreditAccount>().RunAsync(panel.Customer.Id, new Money(i), "many", "test", CancellationToken.None);
        }

        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/funds/history/payments");
        var seen = new List<string>();
        for (var page = 0; page < 3; page++)
        {
            seen.AddRange(visitor.Page.QuerySelectorAll("tr[data-payment]").Select(r => r.GetAttribute("data-payment")!));
            if (page < 2)
            {
                await visitor.OpenAsync(visitor.Page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
            }
        }

        seen.Count.ShouldBe(120);
        seen.Distinct().Count().ShouldBe(120);
        visitor.Page.QuerySelector("a[rel=next]").ShouldBeNull();
    }

    // An adjustment, a top-up, so many orders, and a refund of the first.
    private static async Task<long[]> SpendAsync(TestPanel panel, int orders)
    {
        await panel.Get<CreditAccount>().RunAsync(panel.Customer.Id, Money.Parse("1000"), "start", "test", CancellationToken.None);
        await panel.SepayAsync(PaidPanel.Notice(1, TransferMemo.Write("NAP", panel.Customer.Id), 1_000_000));
        var service = await panel.AddServiceAsync(rate: "1000");
        var ids = new long[orders];
        for (var i = 0; i < orders; i++)
        {
            ids[i] = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link + i.ToString(CultureInfo.InvariantCulture)), ("quantity", "100"));
        }

        await panel.SettleAsync(ids[0], OrderStatus.Canceled);
        return ids;
    }
}
