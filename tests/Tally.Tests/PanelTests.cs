using Shouldly;
using Tally.Demo;
using Tally.Testing;
using Xunit;

namespace Tally.Tests;

public sealed class PanelTests
{
    [Theory, BothStores]
    public async Task An_order_is_charged_sent_delivered_and_reported(StoreKind kind)
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Speed = 20 });
        await using var panel = await TestPanel.StartAsync(kind, roles: NodeRoles.Web | NodeRoles.Worker);
        await panel.SetAsync("sync_interval_ms", "100");
        var upstream = await panel.AddProviderAsync(provider.Url, provider.Key, references: true);
        var service = await panel.AddServiceAsync(with: s => s with { ProviderId = upstream.Id, ProviderService = provider.ServiceFor(1).ToString(System.Globalization.CultureInfo.InvariantCulture) });

        var order = await panel.AddAsync(("service", service.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("link", "https://example.com/a"), ("quantity", "500"));
        (await panel.BalanceAsync()).ShouldBe("992500");
        await TestPanel.WaitAsync(async () => await panel.StatusAsync(order) == "Completed", "the order is completed");

        provider.OrdersTaken.Count.ShouldBe(1);
        var report = await panel.VerifyAsync();
        report.FirstFault.ShouldBeNull();
        report.Orders.ShouldBe(1);
    }
}
