using Tally.Catalog;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Tally.Browser.Tests.Journeys;

/// <summary>On a slow line people type before a page's script has come.</summary>
public sealed class TypedEarlyTests(Chromium chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData(Screen.Phone)]
    [InlineData(Screen.Desktop)]
    public async Task A_search_typed_before_the_script_came_is_answered_when_it_has(Screen screen)
    {
        var shop = Hold(await Shop.OpenAsync(NodeRoles.Web));
        var service = shop.Services[ServiceType.Default];
        var visitor = await ComeAsync(shop.Panel, new Look(screen, "en"), signedIn: true);
        var typed = new TaskCompletionSource();
        await visitor.Page.RouteAsync("**/neworder*.js", async route =>
        {
            await typed.Task;
            await route.ContinueAsync();
        });
        await visitor.OpenAsync("/orders/new");
        await visitor.Page.Locator("#pick-q").FillAsync("cam xuc like lap tuc");
        typed.SetResult();
        await Expect(visitor.Page.Locator($"[data-found] a[href$='service={service.Id}']")).ToBeVisibleAsync();
    }
}
