using System.Text;
using CsCheck;
using Shouldly;
using Tally.ApiV2;
using Tally.Catalog;
using Tally.Contract;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class CustomerPricesTests
{
    [Theory, BothStores]
    public async Task An_order_is_charged_at_the_customers_own_price_and_others_pay_the_list(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "1000");
        var service = await panel.AddServiceAsync(rate: "100");
        var other = await panel.OpenAccountAsync("other@example.com", "1000");
        await Set(panel).PercentAsync(panel.Customer.Id, -2_500, "test", CancellationToken.None);
        var order = await OrderAsync(panel, panel.Key, service.Id);
        (await panel.RowAsync(order)).ChargeMoney.ShouldBe(Money.Parse("75"));
        (await panel.RowAsync(await OrderAsync(panel, other.Key.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("100"));
        (await panel.BalanceAsync()).ShouldBe("925");

        await Set(panel).RateAsync(panel.Customer.Id, service.Id, Money.Parse("60"), "test", CancellationToken.None);
        (await panel.RowAsync(await OrderAsync(panel, panel.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("60"));
        await Set(panel).RateAsync(panel.Customer.Id, service.Id, null, "test", CancellationToken.None);
        (await panel.RowAsync(await OrderAsync(panel, panel.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("75"));
        await Set(panel).ClearAsync(panel.Customer.Id, "test", CancellationToken.None);
        (await panel.RowAsync(await OrderAsync(panel, panel.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("100"));
        (await panel.BalanceAsync()).ShouldBe("690");
        await panel.SettleAsync(order, OrderStatus.Canceled);
        (await panel.BalanceAsync()).ShouldBe("765", "what was paid goes back, not what the list says");
        await panel.ShouldVerifyAsync();
        (await panel.QueryAsync<string>("SELECT action FROM audit WHERE action LIKE 'customer%' ORDER BY id")).ShouldBe(
            ["customer percent", "customer rate", "customer rate", "customer prices cleared"]);
    }

    [Theory, BothStores]
    public async Task A_rate_below_the_known_cost_is_refused_and_one_that_the_cost_passes_is_not_charged(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        var service = await panel.AddServiceAsync(rate: "100", with: s => s with { ProviderId = upstream.Id, ProviderService = "1", ProviderRate = Money.Parse("80") });
        (await Should.ThrowAsync<InvalidInputException>(() => Set(panel).RateAsync(panel.Customer.Id, service.Id, Money.Parse("79.99999"), "test", CancellationToken.None)))
            .Message.ShouldContain("below cost");
        await Set(panel).RateAsync(panel.Customer.Id, service.Id, Money.Parse("80"), "test", CancellationToken.None);
        (await panel.RowAsync(await OrderAsync(panel, panel.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("80"));
        await panel.SaveAsync(service with { ProviderRate = Money.Parse("90") });
        (await panel.RowAsync(await OrderAsync(panel, panel.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("100"));
        await Set(panel).PercentAsync(panel.Customer.Id, -5_000, "test", CancellationToken.None);
        (await panel.RowAsync(await OrderAsync(panel, panel.Key, service.Id))).ChargeMoney.ShouldBe(Money.Parse("90"));
        await panel.ShouldVerifyAsync();
        await Should.ThrowAsync<InvalidInputException>(() => Set(panel).RateAsync(panel.Customer.Id, 999, Money.Parse("1"), "test", CancellationToken.None));
        await Should.ThrowAsync<InvalidInputException>(() => Set(panel).RateAsync(panel.Customer.Id, service.Id, new Money(-1), "test", CancellationToken.None));
        await Should.ThrowAsync<InvalidInputException>(() => Set(panel).PercentAsync(panel.Customer.Id, -9_901, "test", CancellationToken.None));
        await Should.ThrowAsync<InvalidInputException>(() => Set(panel).PercentAsync(panel.Customer.Id, 0, "test", CancellationToken.None));
    }

    [Theory, BothStores]
    public async Task The_API_lists_own_prices_to_their_customer_alone_and_others_share_one_answer(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = await panel.AddServiceAsync(rate: "100");
        var (second, third) = (await panel.OpenAccountAsync("second@example.com"), await panel.OpenAccountAsync("third@example.com"));
        await Set(panel).PercentAsync(panel.Customer.Id, -1_250, "test", CancellationToken.None);
        await Set(panel).PercentAsync(second.Id, -1_250, "test", CancellationToken.None);
        (await RateAsync(panel, panel.Key)).ShouldBe("87.5");
        (await RateAsync(panel, second.Key.Key)).ShouldBe("87.5");
        (await RateAsync(panel, third.Key.Key)).ShouldBe("100");
        var (prices, answer) = (panel.Get<CustomerPrices>(), panel.Get<ServicesAnswer>());
        prices.Find(panel.Customer.Id).ShouldBeSameAs(prices.Find(second.Id), "equal percentages share one answer");
        var edition = answer.Newest(prices.Find(second.Id)!);
        answer.Newest(prices.Find(panel.Customer.Id)!).ShouldBeSameAs(edition);
        await Set(panel).RateAsync(third.Id, service.Id, Money.Parse("5"), "test", CancellationToken.None);
        answer.Newest(prices.Find(second.Id)!).ShouldBeSameAs(edition, "another customer's prices change nothing for this one");
        (await RateAsync(panel, third.Key.Key)).ShouldBe("5");
        await panel.SaveAsync(service with { Rate = Money.Parse("200") });
        (await RateAsync(panel, second.Key.Key)).ShouldBe("175");
        await Set(panel).ClearAsync(second.Id, "test", CancellationToken.None);
        (await RateAsync(panel, second.Key.Key)).ShouldBe("200");
        (await RateAsync(panel, panel.Key)).ShouldBe("175");
    }

    [Fact]
    public async Task Only_so_many_answers_with_own_prices_are_kept()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await panel.AddServiceAsync(rate: "100");
        var answer = panel.Get<ServicesAnswer>();
        var prices = Enumerable.Range(1, ServicesAnswer.MostOwn + 1).Select(p => new OwnPrices(-p * 100, new Dictionary<long, OwnRate>())).ToList();
        var editions = prices.ConvertAll(answer.Newest);
        answer.Newest(prices[^1]).ShouldBeSameAs(editions[^1]);
        answer.Newest(prices[1]).ShouldBeSameAs(editions[1]);
        answer.Newest(prices[0]).ShouldNotBeSameAs(editions[0], "the one that was asked for least recently made room");
        Encoding.UTF8.GetString(editions[9].Plain.Bytes.Span).ShouldContain("\"rate\":\"90\"");
    }

    [Theory, BothStores]
    public async Task Another_node_sells_by_them_within_a_second(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.AddServiceAsync(rate: "100");
        await using var node = await TestPanel.JoinAsync(panel.Database);
        (await RateAsync(node, panel.Key)).ShouldBe("100");
        await Set(panel).PercentAsync(panel.Customer.Id, -1_000, "test", CancellationToken.None);
        await TestPanel.WaitAsync(async () => await RateAsync(node, panel.Key) == "90", "the other node knows");
    }

    [Theory, BothStores]
    public async Task The_orders_of_a_subscription_are_charged_at_the_customers_own_price(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "1000");
        var upstream = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/api/v2"), "key");
        var service = await panel.AddServiceAsync(
            ServiceType.Subscriptions, rate: "1", with: s => s with { ProviderId = upstream.Id, ProviderService = "1", ProviderRate = Money.Parse("0.5") });
        await Set(panel).RateAsync(panel.Customer.Id, service.Id, Money.Parse("0.75"), "test", CancellationToken.None);
        var subscription = await panel.AddAsync(("service", service.Id.Text()), ("username", "anh"), ("min", "20"), ("max", "40"), ("delay", "30"));
        var states = new Dictionary<string, ApiResult<OrderState>> { ["77"] = new ApiResult<OrderState>.Answered(new OrderState { Status = OrderWord.Pending, StatusText = "Pending", Remains = 30 }) };
        await panel.Get<SubscriptionOrders>().ImportAsync(upstream, await panel.RowAsync(subscription), [77], _ => Task.FromResult<IReadOnlyDictionary<string, ApiResult<OrderState>>>(states));
        (await panel.RunsAsync(subscription)).ShouldHaveSingleItem().ChargeMoney.ShouldBe(Money.Parse("22.5"));
        (await panel.BalanceAsync()).ShouldBe("977.5");
        await panel.ShouldVerifyAsync();
    }

    [Theory, BothStores]
    public async Task Whatever_the_own_prices_the_wallet_pays_their_rate_to_the_last_decimal_and_runs_share_it(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, balance: "100000000", roles: NodeRoles.Web);
        var service = await panel.AddServiceAsync(rate: "1.23457", with: s => s with { Min = 1 });
        var any = Gen.Select(Gen.Long[-9_900, 20_000].Where(p => p != 0), Gen.Long[0, 500_000], Gen.Bool, Gen.Long[1, 900], Gen.Int[0, 5]);
        await any.SampleAsync(
            async (percent, rate, own, quantity, runs) =>
            {
                await Set(panel).ClearAsync(panel.Customer.Id, "test", CancellationToken.None);
                await Set(panel).PercentAsync(panel.Customer.Id, percent, "test", CancellationToken.None);
                if (own)
                {
                    await Set(panel).RateAsync(panel.Customer.Id, service.Id, new Money(rate), "test", CancellationToken.None);
                }

                var expected = Money.Charge(panel.Get<CustomerPrices>().Find(panel.Customer.Id)!.RateOf(service), quantity * Math.Max(1, runs), 1000);
                var before = Money.Parse(await panel.BalanceAsync());
                var order = await panel.AddAsync(("service", service.Id.Text()), ("link", Asked.Link), ("quantity", quantity.Text()), ("runs", runs < 2 ? "" : ((long)runs).Text()));
                expected = runs < 2 ? Money.Charge(panel.Get<CustomerPrices>().Find(panel.Customer.Id)!.RateOf(service), quantity, 1000) : expected;
                (await panel.RowAsync(order)).ChargeMoney.ShouldBe(expected);
                (before - Money.Parse(await panel.BalanceAsync())).ShouldBe(expected);
            },
            iter: kind == StoreKind.Sqlite ? 60 : 30,
            threads: 1);
        await panel.ShouldVerifyAsync();
    }

    private static SetCustomerPrice Set(TestPanel panel) => panel.Get<SetCustomerPrice>();

    private static async Task<long> OrderAsync(TestPanel panel, string key, long service) =>
        (await panel.CallAsAsync(key, "add", ("service", service.Text()), ("link", Asked.Link), ("quantity", "1000"))).GetProperty("order").GetInt64();

    private static async Task<string> RateAsync(TestPanel panel, string key) => (await panel.CallAsAsync(key, "services"))[0].GetProperty("rate").GetString()!;
}
