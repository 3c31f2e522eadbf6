using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Contract;
using Tally.Demo;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests;
using Tally.Tests.Orders;

namespace Tally.Browser.Tests;

/// <summary>A panel that sells the demo catalogue, in đồng, through a simulated provider that delivers within moments, and is paid by bank transfer.</summary>
public sealed class Shop : IAsyncDisposable
{
    private const string Bank = "bank", WebhookKey = "sepay-key-of-the-tests", BankAccount = "0123456789";

    private readonly SimulatedProvider _provider;
    private readonly MovableClock _clock;
    private long _lastTransfer;

    private Shop(SimulatedProvider provider, MovableClock clock, TestPanel panel) => (_provider, _clock, Panel) = (provider, clock, panel);

    public TestPanel Panel { get; }

    /// <summary>What it sells, by type; the first of each in the demo catalogue.</summary>
    public IReadOnlyDictionary<ServiceType, Service> Services { get; private set; } = new Dictionary<ServiceType, Service>();

    /// <summary>All that it sells.</summary>
    public IReadOnlyList<Service> All { get; private set; } = [];

    public static async Task<Shop> OpenAsync(NodeRoles roles = NodeRoles.Web | NodeRoles.Worker, string balance = "0")
    {
        var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Speed = 20 });
        var clock = new MovableClock();
        var panel = await TestPanel.StartAsync(StoreKind.Sqlite, clock, roles, balance, MailLog.Keep);
        var shop = new Shop(provider, clock, panel);
        await panel.SetAsync("currency", "VND");
        await panel.SetAsync("sync_interval_ms", "100");
        await shop.StockAsync();
        await shop.TakeTransfersAsync();
        return shop;
    }

    /// <summary>Time passes at the panel, all at once.</summary>
    public void Wait(TimeSpan time) => _clock.Move(time);

    /// <summary>Lets the first customer sign in with a password.</summary>
    public async Task GivePasswordAsync(string password)
    {
        await using var scope = Panel.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SetPassword>().RunAsync(Panel.Customer.Id, password, CancellationToken.None);
    }

    /// <summary>The bank tells of a transfer, as SePay does.</summary>
    /// <param name="again">Whether it is the last one, told once more.</param>
    public async Task TransferAsync(long dong, string memo, bool again = false)
    {
        var id = again ? _lastTransfer : ++_lastTransfer;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/sepay");
        request.Headers.TryAddWithoutValidation("Authorization", "Apikey " + WebhookKey);
        request.Content = JsonContent.Create(new
        {
            id,
            gateway = "MBBank",
            transactionDate = "2026-11-25 19:00:00",
            accountNumber = BankAccount,
            code = (string?)null,
            content = $"{memo} GD 123456",
            transferType = "in",
            transferAmount = dong,
            accumulated = dong,
            subAccount = (string?)null,
            referenceCode = $"FT{id}",
            description = "",
        });
        using var answer = await Panel.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await Panel.DisposeAsync();
        await _provider.DisposeAsync();
    }

    private async Task TakeTransfersAsync()
    {
        foreach (var (name, value) in new[] { ("bank_bin", "970422"), ("bank_name", "MB Bank"), ("account_number", BankAccount), ("account_holder", "CONG TY TALLY"), ("webhook_key", WebhookKey) })
        {
            await Panel.Get<SetGateway>().RunAsync(Bank, name, value, CancellationToken.None);
        }
    }

    private async Task StockAsync()
    {
        var upstream = await Panel.AddProviderAsync(_provider.Url, _provider.Key, references: true);
        All = [.. DemoCatalogue.Load().Select((service, position) => Sold(service, position, upstream.Id))];
        await Panel.Get<SaveServices>().RunAsync(All, CancellationToken.None);
        await Panel.Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
        Services = All.GroupBy(s => s.Type).ToDictionary(s => s.Key, s => s.First());
    }

    // Also what the demo has its own staff do: here all goes through the provider.
    private Service Sold(DemoService s, int position, long upstream) => new(
        s.Id, s.Name, s.Description, TypeRules.Table.First(r => r.WireName == ServiceTypeNames.Find(s.Type)?.Name).Type, s.Category, s.Platform, Money.Parse(s.Rate), s.Min, s.Max, s.Refill, s.Cancel,
        s.DripFeed, s.RefillDays, Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Cancel, upstream,
        _provider.ServiceFor(s.Id).ToString(CultureInfo.InvariantCulture), null, position);
}
