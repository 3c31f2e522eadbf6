using Shouldly;
using Tally.Catalog;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Tally.Browser.Tests.Journeys;

public sealed class WithoutScriptJourneyTests(Chromium chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData(Screen.Phone, "vi")]
    [InlineData(Screen.Desktop, "en")]
    public async Task Without_script_a_customer_gets_as_far(Screen screen, string language)
    {
        var shop = Hold(await Shop.OpenAsync());
        var visitor = await ComeAsync(shop.Panel, new Look(screen, language, Script: false));
        var page = visitor.Page;
        await visitor.SignUpAsync("khach@example.com");
        await visitor.SignInAsync("khach@example.com");
        await shop.TransferAsync(5_000_000, await visitor.AskToTransferAsync(5_000_000));
        await page.Locator(".transfer-wait a.btn").ClickAsync();
        await Expect(page.Locator("[data-state=credited]")).ToBeVisibleAsync();

        var service = shop.All.First(s => s is { Type: ServiceType.Default, Cancel: true, ProviderId: not null });
        await ChooseAsync(visitor, service);
        await visitor.FillOrderAsync(service, "https://example.com/tally/slow#deliver=36000000");
        await page.Locator("#order-form button.btn-primary").ClickAsync();
        var order = await visitor.PlacedAsync();
        await visitor.ReloadUntilAsync(page.Locator("[data-live=status][data-status=InProgress]"));
        await page.Locator("[data-action=cancel]").ClickAsync();
        await Expect(page.Locator(".alert-success")).ToBeVisibleAsync();
        await visitor.ReloadUntilAsync(page.Locator("[data-live=status]:is([data-status=Canceled],[data-status=Partial])"));

        (await Steps.CurlAsync(await visitor.MakeKeyAsync("không script"))).TryGetProperty("balance", out _).ShouldBeTrue();
        await visitor.OpenAsync($"/orders?q={order}");
        await Expect(page.Locator("tr[data-order]")).ToHaveCountAsync(1);
        await visitor.SignOutAsync();
    }

    // Platform, category, service: links and buttons alone.
    private static async Task ChooseAsync(BrowserVisitor visitor, Service service)
    {
        var page = visitor.Page;
        await visitor.OpenAsync("/orders/new");
        await page.Locator("nav[data-pick] a", new() { HasText = service.Platform }).ClickAsync();
        await page.Locator("#pick-category").SelectOptionAsync(service.Category);
        await page.Locator("form:has(#pick-category) button").ClickAsync();
        await page.Locator("#pick-service").SelectOptionAsync(service.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await page.Locator("form:has(#pick-service) button").ClickAsync();
        await Expect(page.Locator("#order-form")).ToBeVisibleAsync();
    }
}
