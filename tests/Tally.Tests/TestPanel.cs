using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Providers;
using Tally.Settings;
using Tally.Testing;

namespace Tally.Tests;

/// <summary>A whole panel in this process, on a fresh store of either kind, listening on loopback; with one customer, and whatever services a test adds.</summary>
public sealed class TestPanel : IAsyncDisposable
{
    private readonly TestStore? _store;
    private readonly WebApplication _app;

    private TestPanel(TestStore? store, WebApplication app, string database)
    {
        (_store, _app, Database) = (store, app, database);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 512 }) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The store as <c>--database</c> would name it.</summary>
    public string Database { get; }

    public HttpClient Http { get; }

    public Uri Api => new(Http.BaseAddress!, "/api/v2");

    /// <summary>The first customer.</summary>
    public OpenedAccount Customer { get; private set; } = null!;

    public string Key => Customer.Key.Key;

    /// <summary>Starts a panel on a fresh store.</summary>
    /// <param name="time">The panel's clock; the system's when null.</param>
    /// <param name="roles">Without the worker nothing is sent by itself.</param>
    public static async Task<TestPanel> StartAsync(
        StoreKind kind, TimeProvider? time = null, NodeRoles roles = NodeRoles.Web, string balance = "1000000", Action<WebApplicationBuilder>? also = null)
    {
        var store = await TestStore.CreateAsync(kind);
        var panel = await StartAsync(store, store.ConnectionString, time, roles, also);
        panel.Customer = await panel.OpenAccountAsync("customer@example.com", balance);
        return panel;
    }

    /// <summary>Starts another node on a store that is there already.</summary>
    public static Task<TestPanel> JoinAsync(string database, TimeProvider? time = null, NodeRoles roles = NodeRoles.Web, Action<WebApplicationBuilder>? also = null) =>
        StartAsync(null, database, time, roles, also);

    /// <summary>All of the panel's use cases.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>A use case of the panel.</summary>
    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Opens an account with money on its wallet; its key works at once.</summary>
    public async Task<OpenedAccount> OpenAccountAsync(string email, string balance = "0")
    {
        var account = await Get<AccountBook>().OpenAsync(email, null, CancellationToken.None);
        if (balance != "0")
        {
            await Get<CreditAccount>().RunAsync(account.Id, Money.Parse(balance), "test money", "test", CancellationToken.None);
        }

        await Get<ApiKeys>().RefreshAsync(CancellationToken.None);
        return account;
    }

    /// <summary>Adds a service of a type with sensible figures; it is sold at once. Without a provider it is manual.</summary>
    public async Task<Service> AddServiceAsync(ServiceType type = ServiceType.Default, string rate = "15000", Func<Service, Service>? with = null)
    {
        var id = (await Get<SaveServices>().NewIdsAsync(1, CancellationToken.None))[0];
        var service = new Service(
            id, $"Service {id} Việt 🇻🇳", "", type, "Category", "Platform", Money.Parse(rate), 10, 10_000, Refill: true, Cancel: true, Dripfeed: TypeRules.Of(type).Per == 1000,
            RefillDays: 0, Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, null, null, null, (int)id);
        service = with?.Invoke(service) ?? service;
        await SaveAsync(service);
        return service;
    }

    /// <summary>Changes a service; the change holds at once.</summary>
    public async Task SaveAsync(Service service)
    {
        await Get<SaveServices>().RunAsync([service], CancellationToken.None);
        await Get<Tally.Catalog.Catalog>().RefreshAsync(CancellationToken.None);
    }

    public Task SetAsync(string setting, string value) => Get<SettingsSnapshot>().SetAsync(setting, value, CancellationToken.None);

    /// <summary>Adds a provider that is known at once.</summary>
    public Task<Provider> AddProviderAsync(Uri url, string key, bool references = false, string name = "upstream") =>
        Get<SaveProvider>().AddAsync(name, url.ToString(), key, references, allowPrivate: true, CancellationToken.None);

    /// <summary>Calls the API with the customer's key, form-encoded, and reads the JSON.</summary>
    public Task<JsonElement> CallAsync(string action, params (string Name, string Value)[] parameters) => CallAsAsync(Key, action, parameters);

    /// <summary>Calls the API with another key.</summary>
    public async Task<JsonElement> CallAsAsync(string key, string action, params (string Name, string Value)[] parameters)
    {
        using var form = new FormUrlEncodedContent([new("key", key), new("action", action), .. parameters.Select(p => new KeyValuePair<string, string>(p.Name, p.Value))]);
        using var response = await Http.PostAsync(Api, form);
        var body = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    /// <summary>Places an order and expects its id.</summary>
    public async Task<long> AddAsync(params (string Name, string Value)[] parameters)
    {
        var answer = await CallAsync("add", parameters);
        return answer.TryGetProperty("order", out var order) && !answer.TryGetProperty("error", out _) ? order.GetInt64() : throw new InvalidOperationException("Expected an order: " + answer);
    }

    /// <summary>The status of an order as one word.</summary>
    public async Task<string> StatusAsync(long order) => (await CallAsync("status", ("order", order.ToString(CultureInfo.InvariantCulture)))).GetProperty("status").GetString()!;

    public async Task<string> BalanceAsync() => (await CallAsync("balance")).GetProperty("balance").GetString()!;

    /// <summary>Settles an order by hand, as an operator would.</summary>
    public Task<Order> SettleAsync(long order, OrderStatus status, long? remains = null, long? startCount = null) =>
        Get<SettleOrder>().RunAsync(order, status, remains, startCount, "test", "test", CancellationToken.None);

    /// <summary>Recomputes all money.</summary>
    public Task<MoneyReport> VerifyAsync() => Get<VerifyOrders>().RunAsync(null, CancellationToken.None);

    /// <summary>Waits until something holds, looking again and again.</summary>
    public static Task WaitAsync(Func<Task<bool>> holds, string what, int atMostSeconds = 30) => Waiting.UntilAsync(holds, what, atMostSeconds);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    private static async Task<TestPanel> StartAsync(TestStore? store, string database, TimeProvider? time, NodeRoles roles, Action<WebApplicationBuilder>? also)
    {
        var app = PanelHost.Build(new PanelOptions(database, "http://127.0.0.1:0", roles, Quiet: true), builder =>
        {
            if (time is not null)
            {
                builder.Services.Replace(ServiceDescriptor.Singleton(time));
            }

            // Providers that fail rest for moments, not for minutes.
            builder.Services.Replace(ServiceDescriptor.Singleton(new BreakerTerms(5, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(400))));
            also?.Invoke(builder);
        });
        await app.StartAsync();
        return new TestPanel(store, app, database);
    }
}
