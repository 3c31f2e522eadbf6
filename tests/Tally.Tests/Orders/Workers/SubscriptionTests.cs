using System.Globalization;
using CsCheck;
using Shouldly;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Contract;
using Tally.Demo;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Xunit;
using OrderState = Tally.Contract.OrderState;

namespace Tally.Tests.Orders.Workers;

/// <summary>A subscription costs nothing at first; each order that the provider makes for it is charged when it appears, once, and then is an order like any other.</summary>
public sealed class SubscriptionTests
{
    [Theory, BothStores]
    public async Task Each_post_becomes_an_order_of_ours_that_is_charged_once_and_followed_to_its_end(StoreKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind, balance: "1000");
        var subscription = await shop.SubscribeAsync(posts: 3);
        (await shop.Panel.BalanceAsync()).ShouldBe("1000", "nothing is charged at first");
        var children = await shop.ChildrenAsync(subscription, 3);
        foreach (var child in children)
        {
            child.Quantity.ShouldBeInRange(20, 40);
            child.Charge.ShouldBe(child.Quantity * Money.UnitsPerOne, "1 for each, by the rate");
            child.Type.ShouldBe(ServiceType.Default);
        }

        await shop.Panel.UntilAsync(subscription, o => o.Status == OrderStatus.Completed, "all posts are done");
        (await shop.ChildrenAsync(subscription, 3)).ShouldAllBe(c => c.Status == OrderStatus.Completed || c.Status == OrderStatus.Pending || c.Status == OrderStatus.InProgress);
        (await shop.Panel.BalanceAsync()).ShouldBe((1000 - children.Sum(c => c.Quantity)).ToString(CultureInfo.InvariantCulture));
        await shop.Panel.ShouldVerifyAsync();

        var answer = await shop.Panel.AnswerAsync(subscription);
        answer.GetProperty("orders").EnumerateArray().Select(o => o.GetInt64()).ShouldBe(children.Select(c => c.Id));
        answer.GetProperty("posts").GetString().ShouldBe("3");
        (await shop.Panel.CallAsync("status", ("order", children[0].Id.Text()))).TryGetProperty("charge", out _).ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task When_funds_run_out_it_pauses_with_a_notice_and_goes_on_when_there_are_some(StoreKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind, balance: "45");
        var subscription = await shop.SubscribeAsync(posts: 3);
        var paused = await shop.Panel.UntilAsync(subscription, o => o.Status == OrderStatus.Paused, "the money is used up");
        paused.Note!.ShouldStartWith("Not enough funds");
        var notice = (await shop.Panel.Get<Notices>().ListAsync(shop.Panel.Customer.Id, 10, CancellationToken.None)).ShouldHaveSingleItem();
        (notice.Kind, notice.Subject).ShouldBe(("subscription_paused", "order " + subscription.Text()));
        (await shop.Panel.RunsAsync(subscription)).Count.ShouldBeInRange(1, 2);
        await shop.Panel.ShouldVerifyAsync();

        await shop.Panel.Get<CreditAccount>().RunAsync(shop.Panel.Customer.Id, Money.Parse("1000"), "top-up", "test", CancellationToken.None);
        var children = await shop.ChildrenAsync(subscription, 3);
        await shop.Panel.UntilAsync(subscription, o => o.Status == OrderStatus.Completed, "it went on to its end");
        (await shop.Panel.BalanceAsync()).ShouldBe((1045 - children.Sum(c => c.Quantity)).ToString(CultureInfo.InvariantCulture));
        (await shop.Panel.Get<Notices>().ListAsync(shop.Panel.Customer.Id, 10, CancellationToken.None)).Count.ShouldBe(1);
        await shop.Panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Two_nodes_that_import_at_once_import_each_order_once(StoreKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind, balance: "100000", workers: false);
        var importers = Enumerable.Range(0, 4).Select(_ => shop.Panel.Get<SubscriptionOrders>()).ToList();
        var subscription = await shop.SubscribeAsync(posts: 0);
        var row = await shop.Panel.RowAsync(subscription);
        var listed = Enumerable.Range(1_000, 30).Select(i => (long)i).ToList();
        var states = listed.ToDictionary(
            i => i.ToString(CultureInfo.InvariantCulture),
            i => (ApiResult<OrderState>)new ApiResult<OrderState>.Answered(new OrderState { Status = OrderWord.Pending, StatusText = "Pending", Remains = i == 1_029 ? 99 : 25 }));
        var imported = await Task.WhenAll(importers.Select(i => Task.Run(() => i.ImportAsync(shop.Provider, row, listed, _ => Task.FromResult<IReadOnlyDictionary<string, ApiResult<OrderState>>>(states)))));
        imported.ShouldAllBe(i => i == new ChildrenImported(0, 1));
        (await shop.Panel.RunsAsync(subscription)).Count.ShouldBe(29);
        (await shop.Panel.BalanceAsync()).ShouldBe("99275");
        await shop.Panel.ShouldVerifyAsync();
    }

    [Fact]
    public void The_quantity_of_an_order_is_what_remains_at_first_or_what_it_cost_and_never_guessed()
    {
        var rate = new Money(123_456);
        Quantity(OrderWord.Pending, 25, null).ShouldBe(25);
        Quantity(OrderWord.Processing, 40, 5).ShouldBe(40);
        Quantity(OrderWord.Pending, 41, null).ShouldBeNull("more than the customer asked for");
        Quantity(OrderWord.Pending, 0, null).ShouldBeNull();
        Quantity(OrderWord.InProgress, 25, null).ShouldBeNull("some may be delivered already");
        Quantity(OrderWord.InProgress, 10, 30 * 123_456).ShouldBe(30);
        Quantity(OrderWord.Completed, 0, 30 * 123_456).ShouldBe(30);
        Quantity(OrderWord.Completed, 0, (30 * 123_456) + 60_000).ShouldBeNull("no whole number of them costs that");
        Quantity(OrderWord.Completed, 0, 41 * 123_456).ShouldBeNull();
        Quantity(OrderWord.Partial, 5, 25 * 123_456).ShouldBe(30, "25 were paid for, 5 were not");
        Quantity(OrderWord.Partial, 5, 36 * 123_456).ShouldBeNull();
        Quantity(OrderWord.Partial, -5, 30 * 123_456).ShouldBeNull();
        Quantity(OrderWord.Canceled, 30, null).ShouldBe(30, "nobody pays for it");
        Quantity(OrderWord.Canceled, 0, null).ShouldBeNull();
        Quantity(OrderWord.Completed, 0, 30 * 123_456, rate: null).ShouldBeNull();

        // Charged by a provider that rounds up, in another currency: found again whatever the rates.
        Gen.Select(Gen.Long[20, 40], Gen.Long[1, 10_000_000], Gen.Int[1, 1_000_000]).Sample((quantity, upstream, exchange) =>
        {
            var panelRate = Up((decimal)upstream * exchange / 1_000);
            if (panelRate > 2 * 41)
            {
                SubscriptionOrders.Quantity(new OrderState { Status = OrderWord.Completed, StatusText = "x" }, new Money(Up((decimal)upstream * quantity * exchange / 1_000)), new Money(panelRate), 20, 40).ShouldBe(quantity);
            }
        });

        long? Quantity(OrderWord word, long remains, long? charge, string? rate = "1.23456") => SubscriptionOrders.Quantity(
            new OrderState { Status = word, StatusText = "x", Remains = remains }, charge is { } units ? new Money(units) : null, rate is null ? null : Money.Parse(rate), 20, 40);

        static long Up(decimal value) => (long)decimal.Ceiling(value);
    }

    [Fact]
    public void A_subscription_is_final_only_when_all_its_orders_are_ours_and_pauses_while_one_is_not_paid_for()
    {
        var active = new Order { Id = 1, Type = ServiceType.Subscriptions, Status = OrderStatus.Active };
        var completed = new OrderChange(1, ChangedBy.Sync, OrderStatus.Completed);
        SubscriptionOrders.Judge(active, completed, new ChildrenImported(0, 0)).Status.ShouldBe(OrderStatus.Completed);
        SubscriptionOrders.Judge(active, completed, new ChildrenImported(0, 2)).Status.ShouldBe(OrderStatus.Active);
        SubscriptionOrders.Judge(active, completed, new ChildrenImported(1, 0)).Status.ShouldBe(OrderStatus.Paused);
        var resumed = SubscriptionOrders.Judge(active with { Status = OrderStatus.Paused, Note = "old" }, completed with { Status = OrderStatus.Active }, new ChildrenImported(0, 0));
        (resumed.Status, resumed.Note).ShouldBe((OrderStatus.Active, ""));
    }

    /// <summary>A panel that sells a provider's subscriptions for 1 a piece; the provider's time runs.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private readonly SimulatedProvider _upstream;
        private readonly Service _service;

        private Shop(TestPanel panel, SimulatedProvider upstream, Tally.Providers.Provider provider, Service service) =>
            (Panel, _upstream, Provider, _service) = (panel, upstream, provider, service);

        public TestPanel Panel { get; }

        public Tally.Providers.Provider Provider { get; }

        public static async Task<Shop> OpenAsync(StoreKind kind, string balance, bool workers = true)
        {
            var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { PostEvery = TimeSpan.FromSeconds(1) });
            var demo = upstream.Services.First(s => s.Type == "Subscriptions");
            var panel = await TestPanel.StartAsync(kind, roles: workers ? NodeRoles.Web | NodeRoles.Worker : NodeRoles.Web, balance: balance);
            await panel.SetAsync("sync_interval_ms", "100");
            var provider = await panel.AddProviderAsync(upstream.Url, upstream.Key, references: true);
            var service = await panel.AddServiceAsync(ServiceType.Subscriptions, "1", s => s with { ProviderId = provider.Id, ProviderService = demo.Id.ToString(CultureInfo.InvariantCulture) });
            return new Shop(panel, upstream, provider, service);
        }

        public Task<long> SubscribeAsync(int posts) => Panel.AddAsync(
            ("service", _service.Id.Text()), ("username", "anh"), ("min", "20"), ("max", "40"), ("delay", "0"), ("posts", posts.ToString(CultureInfo.InvariantCulture)));

        public async Task<IReadOnlyList<Order>> ChildrenAsync(long subscription, int count)
        {
            await TestPanel.WaitAsync(async () => (await Panel.RunsAsync(subscription)).Count >= count, $"{count} orders are imported", atMostSeconds: 60);
            return [.. (await Panel.RunsAsync(subscription)).OrderBy(c => c.Id)];
        }

        public async ValueTask DisposeAsync()
        {
            await Panel.DisposeAsync();
            await _upstream.DisposeAsync();
        }
    }
}
