using Shouldly;
using Tally.Tests;

namespace Tally.Browser.Tests.Pages;

/// <summary>A test that looks at every page of the panel.</summary>
public abstract class PageSweep(Chromium chromium, SweptPanel swept) : BrowserTest(chromium)
{
    protected Task<TestPanel> SweptAsync() => swept.ReadyAsync();

    /// <summary>Opens the page and looks.</summary>
    protected async Task LookAsync(PanelPage page, Look look, Func<BrowserVisitor, Task> examine)
    {
        var visitor = Accompany(await swept.MeetAsync(Started, look, page.SignedIn));
        await OpenAsync(visitor, page);
        await examine(visitor);
        Part(visitor);
        swept.Leave(visitor, page.SignedIn);
    }

    /// <summary>Opens the page; it is in the visitor's language and says what it is.</summary>
    protected async Task OpenAsync(BrowserVisitor visitor, PanelPage page)
    {
        if (page.Before is { } before)
        {
            await visitor.Page.GotoAsync(page.On(swept));
            if (new Uri(visitor.Page.Url).PathAndQuery != page.On(swept))
            {
                await before(visitor);
            }
        }

        await visitor.OpenAsync(page.On(swept), page.Status);
        (await visitor.Page.Locator("html").GetAttributeAsync("lang")).ShouldBe(visitor.Look.Language);
        (await visitor.Page.Locator("h1").CountAsync()).ShouldBe(1, "A page has one heading of the first order.");
        (await visitor.Page.TitleAsync()).ShouldNotBeNullOrWhiteSpace();
    }
}
