using System.Globalization;
using Microsoft.Playwright;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Tally.Browser.Tests.Journeys;

/// <summary>However often an order form is sent, it is one order.</summary>
public sealed class SentTwiceTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Start = "1000000";

    [Theory]
    [InlineData(Screen.Phone, true)]
    [InlineData(Screen.Desktop, true)]
    [InlineData(Screen.Phone, false)]
    [InlineData(Screen.Desktop, false)]
    public async Task A_double_click_orders_once(Screen screen, bool script)
    {
        var shop = Hold(await Shop.OpenAsync(NodeRoles.Web, Start));
        var service = shop.Services[ServiceType.Default];
        var visitor = await ComeAsync(shop.Panel, new Look(screen, "vi", Script: script), signedIn: true);
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        await visitor.FillOrderAsync(service);
        await visitor.Page.Locator("#order-form button.btn-primary").DblClickAsync();
        await visitor.PlacedAsync();
        await OneOrderAsync(visitor, service);
    }

    [Fact]
    public async Task A_form_sent_again_after_its_answer_was_lost_is_the_same_order()
    {
        var shop = Hold(await Shop.OpenAsync(NodeRoles.Web, Start));
        var service = shop.Services[ServiceType.Default];
        var visitor = await ComeAsync(shop.Panel, new Look(Screen.Phone), signedIn: true);
        var page = visitor.Page;
        visitor.Faults.ExpectFailure("net::ERR_CONNECTION_RESET");
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        await visitor.FillOrderAsync(service);
        var lost = 0;
        await page.RouteAsync("**/orders/new", async route =>
        {
            if (route.Request.Method == "POST" && Interlocked.Increment(ref lost) == 1)
            {
                await route.FetchAsync(new RouteFetchOptions { MaxRedirects = 0 });
                await route.AbortAsync("connectionreset");
                return;
            }

            await route.ContinueAsync();
        });
        await page.Locator("#order-form button.btn-primary").ClickAsync();
        await Tally.Tests.TestPanel.WaitAsync(async () => await shop.Panel.BalanceAsync() != Start, "the first order is placed");
        await page.WaitForURLAsync(url => url.StartsWith("chrome-error:", StringComparison.Ordinal) || url.EndsWith("/orders/new", StringComparison.Ordinal));
        await page.GoBackAsync();
        await visitor.FillOrderAsync(service);
        await page.Locator("#order-form button.btn-primary").ClickAsync();
        await visitor.PlacedAsync();
        lost.ShouldBe(2);
        await Expect(page.Locator(".alert-info")).ToBeVisibleAsync(); // it was placed already
        await OneOrderAsync(visitor, service);
    }

    private static async Task OneOrderAsync(BrowserVisitor visitor, Service service)
    {
        var charge = new Money(service.Rate.Units * service.Min / service.Rules.Per);
        (await visitor.Panel.BalanceAsync()).ShouldBe((Money.Parse(Start) - charge).ToString());
        await visitor.OpenAsync("/orders");
        await Expect(visitor.Page.Locator("tr[data-order]")).ToHaveCountAsync(1);
        int.Parse(await visitor.Page.Locator("tr[data-order]").First.GetAttributeAsync("data-order") ?? "", CultureInfo.InvariantCulture).ShouldBePositive();
    }
}
