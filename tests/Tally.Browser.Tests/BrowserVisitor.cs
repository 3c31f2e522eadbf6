using Microsoft.Playwright;
using Shouldly;
using Tally.Testing;
using Tally.Tests;
using Tally.Tests.Ui;
using Tally.Ui;

namespace Tally.Browser.Tests;

/// <summary>Somebody with a real browser, in front of a panel. <see cref="BrowserTest"/> makes them and ends them.</summary>
public sealed class BrowserVisitor : IAsyncDisposable
{
    /// <summary>Pages longer than this are cut off in screenshots: the rest looks the same.</summary>
    private const int LongestScreenshot = 3_200;

    private BrowserVisitor(TestPanel panel, Look look, IBrowserContext context, IPage page)
    {
        (Panel, Look, Context, Page) = (panel, look, context, page);
        Faults = new PageFaults(context);
    }

    public TestPanel Panel { get; }

    public Look Look { get; private set; }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    public PageFaults Faults { get; }

    /// <summary>The panel's texts in the visitor's language.</summary>
    public Words Words => Words.In(Look.Language);

    /// <summary>Where screenshots land: <c>artifacts/screenshots</c> at the root of the tree.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Tree.Root, "artifacts", "screenshots")).FullName;

    /// <summary>The panel's address for browsers. By its name: to them an address of numbers alone is no site that could have passkeys.</summary>
    public static Uri Address(TestPanel panel) => new UriBuilder(panel.Http.BaseAddress!) { Host = "localhost" }.Uri;

    public static async Task<BrowserVisitor> ComeAsync(Chromium chromium, TestPanel panel, Look look)
    {
        var context = await chromium.NewContextAsync(look.Context(Address(panel)));
        context.SetDefaultTimeout(30_000);
        var visitor = new BrowserVisitor(panel, look, context, await context.NewPageAsync());
        await visitor.TurnToAsync(look);
        return visitor;
    }

    /// <summary>Looks in another language or theme from the next page on, with the same browser.</summary>
    public async Task TurnToAsync(Look look)
    {
        Look = look;
        await SetCookieAsync("tally_language", look.Language);
        await SetCookieAsync("tally_theme", look.Theme.ToString());
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = look.ColorScheme });
    }

    public Task SetCookieAsync(string name, string value) => Context.AddCookiesAsync([new Cookie { Name = name, Value = value, Url = Address(Panel).ToString() }]);

    /// <summary>Is signed in from now on, as the panel's first customer, without going through the sign-in page.</summary>
    public Task SignInAsync() => SignInAsync(Panel.Customer.Id, Panel.Customer.Email);

    public async Task SignInAsync(long accountId, string email)
    {
        using var other = new WebVisitor(Panel).SignedInAs(accountId, email);
        await other.GetAsync("/nothing");
        foreach (var cookie in other.Cookies)
        {
            await SetCookieAsync(cookie.Name, cookie.Value);
        }

        await SetCookieAsync("tally_language", Look.Language);
    }

    /// <summary>Opens a page and expects it to be answered with this status.</summary>
    public async Task OpenAsync(string path, int status = 200)
    {
        if (status >= 400)
        {
            Faults.Expect(status);
        }

        var answer = await Page.GotoAsync(path);
        answer!.Status.ShouldBe(status, path);
        new Uri(Page.Url).PathAndQuery.ShouldBe(path, "The browser was sent elsewhere.");
    }

    /// <summary>Leaves a picture of the whole page as it is, on a screen that is high enough for it: <c>NAME-phone-vi-dark.png</c>.</summary>
    public async Task ScreenshotAsync(string name)
    {
        var height = await Page.Locator("html").EvaluateAsync<int>("html => html.scrollHeight");
        await Page.SetViewportSizeAsync(Look.Size.Width, Math.Clamp(height, Look.Size.Height, LongestScreenshot));
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, $"{name}-{Look}.png"), Animations = ScreenshotAnimations.Disabled });
        await Page.SetViewportSizeAsync(Look.Size.Width, Look.Size.Height);
    }

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
