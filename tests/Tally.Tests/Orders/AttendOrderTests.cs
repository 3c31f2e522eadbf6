using System.Globalization;
using Shouldly;
using Tally.Catalog;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders;

/// <summary>An order that nobody can be sure of waits for a person, who has three ways out.</summary>
public sealed class AttendOrderTests
{
    [Theory, BothStores]
    public async Task An_unconfirmed_order_is_attached_to_the_providers_id_and_followed_to_its_end(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Speed = 20, SupportsReference = false });
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        var order = await UnconfirmedAsync(panel, provider);

        (await panel.Get<AttendOrder>().ListAsync(CancellationToken.None)).Select(o => o.Id).ShouldBe([order]);
        var there = provider.OrdersTaken.Single().Id.ToString(CultureInfo.InvariantCulture);
        await panel.Get<AttendOrder>().RunAsync(order, new Attention.Attach(there), "seen in their panel", "test", CancellationToken.None);

        await TestPanel.WaitAsync(async () => await panel.StatusAsync(order) == "Completed", "the attached order is completed");
        provider.OrdersTaken.Count.ShouldBe(1);
        (await panel.Get<AttendOrder>().ListAsync(CancellationToken.None)).ShouldBeEmpty();
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task An_unconfirmed_order_is_sent_again_only_when_a_person_says_so(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Speed = 20, SupportsReference = false });
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        var order = await UnconfirmedAsync(panel, provider);
        provider.OrdersTaken.Count.ShouldBe(1);

        await panel.Get<AttendOrder>().RunAsync(order, new Attention.Resend(), "they say they have it not", "test", CancellationToken.None);
        await TestPanel.WaitAsync(async () => await panel.StatusAsync(order) == "Completed", "the order that was sent again is completed");
        provider.OrdersTaken.Count.ShouldBe(2);
    }

    [Theory, BothStores]
    public async Task An_unconfirmed_order_is_cancelled_and_paid_back(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Speed = 20, SupportsReference = false });
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        var order = await UnconfirmedAsync(panel, provider);
        (await panel.BalanceAsync()).ShouldBe("992500");

        await panel.Get<AttendOrder>().RunAsync(order, new Attention.Cancel(), "not to be found there", "test", CancellationToken.None);
        (await panel.StatusAsync(order)).ShouldBe("Canceled");
        (await panel.BalanceAsync()).ShouldBe("1000000");
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
        await Should.ThrowAsync<InvalidInputException>(() => panel.Get<AttendOrder>().RunAsync(order, new Attention.Resend(), "again", "test", CancellationToken.None));
    }

    [Theory, BothStores]
    public async Task An_order_that_a_provider_made_for_a_subscription_is_never_sent_by_us(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var provider = await panel.AddProviderAsync(new Uri("http://127.0.0.1:9/"), "k");
        var service = await panel.AddServiceAsync(ServiceType.Subscriptions, "1", s => s with { ProviderId = provider.Id, ProviderService = "1" });
        var subscription = await panel.AddAsync(("service", service.Id.Text()), ("username", "anh"), ("min", "20"), ("max", "40"), ("delay", "0"));
        var child = new Order { Id = subscription + 1, AccountId = panel.Customer.Id, ServiceId = service.Id, SendState = SendState.Unconfirmed, ParentId = subscription, ProviderId = provider.Id };
        await panel.Get<Tally.Platform.Db.Database>().WriteAsync(
            async tx =>
            {
                await OrderSql.InsertAsync(tx, [child], CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        (await Should.ThrowAsync<InvalidInputException>(() => panel.Get<AttendOrder>().RunAsync(child.Id, new Attention.Resend(), "again", "test", CancellationToken.None)))
            .Message.ShouldContain("cannot be sent");
        (await panel.Get<AttendOrder>().RunAsync(child.Id, new Attention.Attach("77"), "it is there", "test", CancellationToken.None)).SendState.ShouldBe(SendState.Sent);
        await panel.ShouldVerifyAsync();
    }

    private static async Task<long> UnconfirmedAsync(TestPanel panel, SimulatedProvider provider)
    {
        await panel.SetAsync("sync_interval_ms", "100");
        var upstream = await panel.AddProviderAsync(provider.Url, provider.Key);
        var service = await panel.AddServiceAsync(with: s => s with { ProviderId = upstream.Id, ProviderService = provider.ServiceFor(1).ToString(CultureInfo.InvariantCulture) });
        provider.Faults.Next(SimulatedAction.Add, new Fault.ResetAfterTaking());
        var order = await panel.AddAsync(("service", service.Id.ToString(CultureInfo.InvariantCulture)), ("link", "https://example.com/a"), ("quantity", "500"));
        await TestPanel.WaitAsync(async () => (await panel.Get<SettleOrder>().FindAsync(order, CancellationToken.None)).SendState == SendState.Unconfirmed, "the order is unconfirmed");
        return order;
    }
}
