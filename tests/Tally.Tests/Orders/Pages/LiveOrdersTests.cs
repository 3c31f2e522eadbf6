using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Tally.Billing;
using Tally.Ledger;
using Tally.Orders;
using Tally.Testing;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Orders.Pages;

/// <summary>Open pages hear what becomes of their orders.</summary>
public sealed class LiveOrdersTests
{
    [Theory, BothStores]
    public async Task A_change_is_sent_in_the_visitors_language_and_only_of_own_orders(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync();
        var order = await AddAsync(panel, panel.Key, service.Id);
        var stranger = await panel.OpenAccountAsync("other@example.com", "10000");
        var foreign = await AddAsync(panel, stranger.Key.Key, service.Id);
        using var visitor = WebVisitor.Customer(panel, "vi");
        await using var stream = await OpenAsync(visitor, $"{order},{foreign}");
        using var reader = new StreamReader(stream);
        (await NextAsync(reader, "order")).GetProperty("label").GetString().ShouldBe("Chờ xử lý");
        (await NextAsync(reader, "balance")).GetProperty("text").GetString().ShouldBe("$998.500,00");

        await panel.SettleAsync(foreign, OrderStatus.Completed);
        await panel.SettleAsync(order, OrderStatus.InProgress, remains: 60, startCount: 1_200);
        var running = await NextAsync(reader, "order");
        (running.GetProperty("id").GetInt64(), running.GetProperty("status").GetString(), running.GetProperty("startCount").GetString(), running.GetProperty("remains").GetString())
            .ShouldBe((order, "InProgress", "1.200", "60"));
        await panel.SettleAsync(order, OrderStatus.Canceled, remains: 100);
        var canceled = await NextAsync(reader, "order");
        (canceled.GetProperty("charge").GetString(), canceled.GetProperty("final").GetBoolean(), canceled.GetProperty("tone").GetString()).ShouldBe(("$0,00", true, "off"));
        (await NextAsync(reader, "balance")).GetProperty("text").GetString().ShouldBe("$1.000.000,00");
    }

    [Theory, BothStores]
    public async Task However_many_pages_are_open_one_query_reads_their_orders_and_none_when_there_are_none(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, also: builder =>
        {
            CountedDatabase.Under(builder);
            foreach (var loop in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)).ToList())
            {
                // Turned by hand here.
                if (loop.ImplementationFactory is { } factory && factory.Method.ReturnType == typeof(LiveOrders))
                {
                    builder.Services.Remove(loop);
                }
            }
        });
        await panel.PutAsync(panel.Customer.Id, 100);
        var (live, database) = (panel.Get<LiveOrders>(), panel.Get<CountedDatabase>());
        var watches = Enumerable.Range(0, LiveOrders.MostOfAccount).Select(w => live.Watch(panel.Customer.Id, [.. Enumerable.Range(1 + w, 50).Select(i => (long)i)])!).ToList();
        live.Watch(panel.Customer.Id, [1]).ShouldBeNull("one account holds only so many");
        database.Take();
        await live.RunOnceAsync(CancellationToken.None);
        var read = database.Take();
        read.Count(s => s.Contains("FROM orders", StringComparison.Ordinal)).ShouldBe(1);
        watches.ShouldAllBe(w => w.News.Count == 1);
        await live.RunOnceAsync(CancellationToken.None);
        watches.ShouldAllBe(w => w.News.Count == 1, "nothing has changed");
        watches.ForEach(w => w.Dispose());
        watches.ForEach(w => w.Dispose());
        live.Count.ShouldBe(0);
        database.Take();
        await live.RunOnceAsync(CancellationToken.None);
        database.Take().Count(s => s.Contains("FROM orders", StringComparison.Ordinal)).ShouldBe(0);
        live.Watch(panel.Customer.Id, [1]).ShouldNotBeNull();
    }

    [Theory, BothStores]
    public async Task A_page_that_does_not_keep_up_hears_the_newest_in_the_end(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync();
        var order = await AddAsync(panel, panel.Key, service.Id);
        using var watch = new LiveWatch(panel.Customer.Id, [order], _ => { });
        for (var remains = 100L; remains >= 0; remains--)
        {
            var now = new LiveOrder(order, OrderStatus.InProgress, 0, remains, Money.Zero);
            watch.Tell(_ => now, await panel.Get<ReadBalance>().RunAsync(panel.Customer.Id, CancellationToken.None));
        }

        LiveNews? last = null;
        for (var more = true; more; watch.Tell(_ => new LiveOrder(order, OrderStatus.InProgress, 0, 0, Money.Zero), null))
        {
            more = watch.News.TryRead(out var news);
            last = news ?? last;
        }

        last!.Orders.ShouldHaveSingleItem().Remains.ShouldBe(0);
    }

    [Fact]
    public async Task Too_many_or_no_ids_are_refused_and_too_many_pages_too()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        foreach (var ids in (string[])["", "x", "1,,2", "0", "-1", string.Join(',', Enumerable.Range(1, 51))])
        {
            await visitor.GetAsync("/orders/live?ids=" + ids);
            visitor.Status.ShouldBe(HttpStatusCode.BadRequest, ids);
        }

        var open = new List<Stream>();
        for (var i = 0; i < LiveOrders.MostOfAccount; i++)
        {
            open.Add(await OpenAsync(visitor, "1"));
        }

        await visitor.GetAsync("/orders/live?ids=1");
        visitor.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        open.ForEach(s => s.Dispose());
        await TestPanel.WaitAsync(() => Task.FromResult(panel.Get<LiveOrders>().Count == 0), "pages that were closed count no more");
    }

    [Fact]
    public async Task A_node_that_stops_ends_its_streams()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        await using var stream = await OpenAsync(visitor, "1");
        using var reader = new StreamReader(stream);
        panel.Get<IHostApplicationLifetime>().StopApplication();
        await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<long> AddAsync(TestPanel panel, string key, long service) =>
        (await panel.CallAsAsync(key, "add", ("service", service.Text()), ("link", Asked.Link), ("quantity", "100"))).GetProperty("order").GetInt64();

    private static async Task<Stream> OpenAsync(WebVisitor visitor, string ids)
    {
        var response = await visitor.GetRawAsync("/orders/live?ids=" + ids, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return await response.Content.ReadAsStreamAsync();
    }

    // The next event, which must be of this name.
    private static async Task<JsonElement> NextAsync(StreamReader reader, string name)
    {
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                line.ShouldBe("event: " + name);
                using var document = JsonDocument.Parse((await reader.ReadLineAsync())!["data: ".Length..]);
                return document.RootElement.Clone();
            }
        }

        throw new InvalidOperationException("The stream has ended.");
    }
}
