using Microsoft.Playwright;
using Xunit;

namespace Tally.Browser.Tests.Pages;

public sealed class WithoutScriptTests(Chromium chromium, SweptPanel swept) : PageSweep(chromium, swept)
{
    [Theory, MemberData(nameof(PageCatalogue.Names), MemberType = typeof(PageCatalogue))]
    public Task Every_page_is_there_without_script(string name) =>
        LookAsync(PageCatalogue.Find(name), new Look(Screen.Phone, "vi", Script: false), visitor => Assertions.Expect(visitor.Page.Locator("h1")).ToBeVisibleAsync());
}
