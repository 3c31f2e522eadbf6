using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tally.Accounts;
using Tally.Browser.Tests.Pages;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(SweptPanel))]

namespace Tally.Browser.Tests.Pages;

/// <summary>One panel with something on every page, which all sweeps look at and none changes.</summary>
public sealed class SweptPanel : IAsyncDisposable
{
    private const string Guarded = "guarded@example.com", Password = "a long password of nobody";

    private readonly Lazy<Task<Shop>> _opened;
    private readonly ConcurrentDictionary<(Screen, bool Script, bool SignedIn), ConcurrentBag<BrowserVisitor>> _waiting = [];

    public SweptPanel() => _opened = new Lazy<Task<Shop>>(OpenAsync);

    /// <summary>The panel, after <see cref="ReadyAsync"/>.</summary>
    public TestPanel Panel { get; private set; } = null!;

    /// <summary>A service of the type Default.</summary>
    public long Service { get; private set; }

    public long Subscription { get; private set; }

    /// <summary>An order that was delivered and refilled.</summary>
    public long Order { get; private set; }

    public long Dripfeed { get; private set; }

    /// <summary>A transfer that was credited.</summary>
    public long Payment { get; private set; }

    /// <summary>Waits until the panel is there and filled.</summary>
    public async Task<TestPanel> ReadyAsync() => (await _opened.Value).Panel;

    /// <summary>Gets as far as the second factor.</summary>
    public static async Task EnterPasswordAsync(BrowserVisitor visitor)
    {
        await visitor.OpenAsync("/sign-in");
        await visitor.Page.Locator("#f-email").FillAsync(Guarded);
        await visitor.Page.Locator("#f-password").FillAsync(Password);
        await visitor.Page.Locator("#sign-in button").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/sign-in/two-factor**");
    }

    /// <summary>Somebody whose browser has been here before, if there is one: a new one for each look would take most of the time.</summary>
    public async Task<BrowserVisitor> MeetAsync(Chromium chromium, Look look, bool signedIn)
    {
        if (Waiting(look, signedIn).TryTake(out var visitor))
        {
            await visitor.TurnToAsync(look);
            return visitor;
        }

        visitor = await BrowserVisitor.ComeAsync(chromium, await ReadyAsync(), look);
        if (signedIn)
        {
            await visitor.SignInAsync();
        }

        return visitor;
    }

    /// <summary>The visitor waits for the next look.</summary>
    public void Leave(BrowserVisitor visitor, bool signedIn) => Waiting(visitor.Look, signedIn).Add(visitor);

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _waiting.Values.SelectMany(v => v))
        {
            await visitor.DisposeAsync();
        }

        if (_opened is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _opened.Value).DisposeAsync();
        }
    }

    private ConcurrentBag<BrowserVisitor> Waiting(Look look, bool signedIn) => _waiting.GetOrAdd((look.Screen, look.Script, signedIn), _ => []);

    // Without a worker, so that nothing moves while one looks at it.
    private async Task<Shop> OpenAsync()
    {
        var shop = await Shop.OpenAsync(NodeRoles.Web, balance: "12500000");
        Panel = shop.Panel;
        var service = shop.Services[ServiceType.Default];
        (Service, Subscription) = (service.Id, shop.Services[ServiceType.Subscriptions].Id);
        await PlaceOrdersAsync(shop);
        await shop.TransferAsync(500_000, await MemoAsync());
        Payment = await QueryAsync("SELECT MAX(id) FROM payments");
        await Panel.SaveAsync(service with { Rate = service.Rate + new Money(1_000 * Money.UnitsPerOne) });
        await shop.GivePasswordAsync(Password); // so that the forms which ask for it once more are seen with the field
        await GuardAsync();
        return shop;
    }

    private async Task PlaceOrdersAsync(Shop shop)
    {
        foreach (var (type, service) in shop.Services.OrderBy(s => s.Key))
        {
            await Panel.AddAsync([("service", Number(service.Id)), .. OrderFields.Of(service)]);
        }

        var plain = shop.Services[ServiceType.Default];
        foreach (var status in new[] { OrderStatus.Completed, OrderStatus.Partial, OrderStatus.Canceled, OrderStatus.InProgress })
        {
            Order = await Panel.AddAsync(("service", Number(plain.Id)), ("link", $"https://facebook.com/tally/posts/{(int)status}"), ("quantity", Number(plain.Min * 2)));
            await Panel.SettleAsync(Order, status, remains: status == OrderStatus.Partial ? plain.Min : null, startCount: 1_200);
        }

        Order = await Panel.AddAsync(("service", Number(plain.Id)), ("link", "https://facebook.com/tally/posts/" + new string('1', 60)), ("quantity", Number(plain.Min)));
        await Panel.SettleAsync(Order, OrderStatus.Completed, startCount: 1_200);
        var dripfed = shop.All.First(s => s.Dripfeed && s.Type == ServiceType.Default);
        Dripfeed = await Panel.AddAsync(("service", Number(dripfed.Id)), ("link", "https://facebook.com/tally"), ("quantity", Number(dripfed.Min)), ("runs", "3"), ("interval", "60"));
        shop.Wait(TimeSpan.FromHours(25));
        await Panel.CallAsync("refill", ("order", Number(Order)));
    }

    // The memo names the account, with check digits: the page of the transfer says it.
    private async Task<string> MemoAsync()
    {
        using var customer = Tally.Tests.Ui.WebVisitor.Customer(Panel);
        var page = await customer.OpenAsync("/funds/bank?amount=500000&since=4102444800000");
        return page.QuerySelector("[data-field=memo]")!.TextContent;
    }

    // A second account, whose owner has a second factor: for the pages between the password and the panel.
    private async Task GuardAsync()
    {
        var account = await Panel.OpenAccountAsync(Guarded);
        await using var scope = Panel.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SetPassword>().RunAsync(account.Id, Password, CancellationToken.None);
        var two = scope.ServiceProvider.GetRequiredService<TwoFactor>();
        var setup = await two.BeginAsync(account.Id);
        var outcome = await two.TurnOnAsync(account.Id, null, setup.Sealed, Totp.Code(setup.Key, TimeProvider.System.GetUtcNow()), Password);
        if (outcome.Codes is null)
        {
            throw new InvalidOperationException($"The second factor was refused: {outcome.Refused}");
        }
    }

    private async Task<long> QueryAsync(string sql)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(Panel.Database);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
