using System.Globalization;
using CsCheck;
using Shouldly;
using Tally.Orders;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Model;

/// <summary>
/// Stories of orders, provider faults, deaths of the node at any fault point, operators and clocks, told at random and checked at their end against what the providers took
/// and said. <c>TALLY_MODEL_STORIES</c> and <c>TALLY_MODEL_STEPS</c> make it as long as one likes; CsCheck prints the seed of a story that fails
/// (<c>CsCheck_Seed</c> tells it again).
/// </summary>
public sealed class FulfilmentModelTests(ITestOutputHelper output)
{
    private static readonly int Stories = Number("TALLY_MODEL_STORIES", 17), Steps = Number("TALLY_MODEL_STEPS", 300);

    private static readonly Gen<(int Kind, int A, int B)[]> Story = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 100_000], Gen.Int[0, 100_000]).Array[Steps];

    [Theory, BothStores]
    public async Task However_it_goes_every_order_is_sent_once_settled_rightly_or_shown_to_the_operator(StoreKind kind)
    {
        var (steps, deaths, orders) = (0, 0, 0);
        await Story.SampleAsync(
            async story =>
            {
                await using var world = await World.CreateAsync(kind);
                try
                {
                    foreach (var (what, a, b) in story)
                    {
                        await world.StepAsync(what, a, b);
                        steps++;
                    }

                    await world.ComeToRestAsync();
                    await ShouldAddUpAsync(world);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    throw new InvalidOperationException($"{e.Message}\nThe story:\n{world.Trace}", e);
                }

                (deaths, orders) = (deaths + world.Deaths, orders + world.Placed.Count);
            },
            iter: Stories,
            threads: 1);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {steps} steps, {orders} orders, {deaths} deaths"));
        steps.ShouldBeGreaterThanOrEqualTo(Stories * Steps);
        deaths.ShouldBeGreaterThan(0);
    }

    private static async Task ShouldAddUpAsync(World world)
    {
        var report = await world.Node.Get<VerifyOrders>().RunAsync(null, CancellationToken.None);
        report.FirstFault.ShouldBeNull();
        var orders = await world.OrdersAsync();
        orders.Select(o => o.Id).ShouldBe(world.Placed.Concat(orders.Where(o => o.ParentId is not null).Select(o => o.Id)).Order(), "an order is lost, or there is one that nobody placed");

        var ids = world.Node.Get<ProviderBook>().Current.Keys.Order().ToList();
        for (var i = 0; i < ids.Count; i++)
        {
            ShouldBeThereOnce(world, world.Upstreams[i], [.. orders.Where(o => !o.IsDripfeed)], ids[i]);
        }

        // Nothing is open that could still move money, and what came back to the wallet is what the orders say.
        var paid = orders.Where(o => o.ParentId is null).Sum(o => o.Charge) - orders.Sum(o => o.Refunded);
        var balance = await world.Node.Get<Tally.Billing.ReadBalance>().RunAsync(world.Customer, CancellationToken.None);
        (Tally.Ledger.Money.Parse("100000000").Units - balance.Units).ShouldBe(paid);
    }

    /// <summary>The provider has no order twice and none that we do not know of, and what was paid back is what it said.</summary>
    private static void ShouldBeThereOnce(World world, Upstream upstream, List<Order> orders, long provider)
    {
        var byId = orders.Where(o => o.ProviderId == provider && o.ProviderOrder is not null).ToDictionary(o => o.ProviderOrder!, StringComparer.Ordinal);
        upstream.Taken.ShouldAllBe(t => upstream.Taken.Count(o => o.Link == t.Link) <= orders.Count(o => o.Link == t.Link), "the provider has an order twice");
        if (upstream.References)
        {
            upstream.Taken.ShouldAllBe(t => upstream.Taken.Count(o => o.Reference == t.Reference) == 1, "the provider has a reference twice");
        }

        // Where it answered with another order's id, which is whose is its own secret.
        var liedAbout = world.Upstreams.SelectMany(u => u.LiedAbout).ToHashSet(StringComparer.Ordinal);
        foreach (var taken in upstream.Taken.Where(t => !liedAbout.Contains(t.Link)))
        {
            var id = taken.Id.ToString(CultureInfo.InvariantCulture);
            byId.ShouldContainKey(id, $"the provider has order {id} ({taken.Link}, {taken.Reference}), of which we do not know");
            var order = byId[id];
            world.IsOf(taken, order, upstream).ShouldBeTrue($"order {order.Id} follows the provider's {id}, which is another one");
            order.Refunded.ShouldBeInRange(upstream.LastRefund(taken.Id, order), upstream.MostRefund(taken.Id, order), $"order {order.Id} {order.Status}, provider's {id}");
        }

        byId.Values.ShouldAllBe(o => upstream.Taken.Any(t => t.Id.ToString(CultureInfo.InvariantCulture) == o.ProviderOrder), "we follow an order that the provider does not have");

        // What was never sent anywhere has been paid back wholly.
        foreach (var order in orders.Where(o => o.ProviderOrder is null && !liedAbout.Contains(o.Link)))
        {
            (order.Status, order.Refunded).ShouldBe((OrderStatus.Canceled, order.Charge), $"order {order.Id} was never sent");
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
