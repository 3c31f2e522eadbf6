using Shouldly;
using Xunit;

namespace Tally.Browser.Tests.Pages;

/// <summary>Leaves pictures of every page to look at. What a test can see of them, it sees to: the letters are ours, no icon is missing, and cards hold what is in them.</summary>
public sealed class ScreenshotTests(Chromium chromium, SweptPanel swept) : PageSweep(chromium, swept)
{
    [Theory, MemberData(nameof(PageCatalogue.Names), MemberType = typeof(PageCatalogue))]
    public async Task A_page_is_shown_at_both_sizes_in_both_languages_light_and_dark(string name)
    {
        foreach (var look in Look.All)
        {
            await LookAsync(PageCatalogue.Find(name), look, async visitor =>
            {
                var page = visitor.Page;
                await page.EvaluateAsync("() => document.fonts.ready.then(() => true)");
                (await page.EvaluateAsync<bool>("() => [...document.fonts].some((f) => f.family.includes('Inter') && f.status === 'loaded')")).ShouldBeTrue("Inter is not there.");
                (await page.Locator("html").GetAttributeAsync("data-bs-theme")).ShouldBe(look.Theme.ToString().ToLowerInvariant());
                (await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('svg.icon')].filter((i) => i.checkVisibility() && i.getBBox().width === 0).map((i) => i.outerHTML)"))
                    .ShouldBeEmpty("icons without a picture");
                (await page.EvaluateAsync<string[]>(
                    "() => [...document.querySelectorAll('.card > table, .card > form, .card > .card-body > *')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > e.closest('.card').getBoundingClientRect().right + 1).map((e) => `${e.tagName} ${e.className} sticks out of its card`)"))
                    .ShouldBeEmpty(look.ToString());
                await visitor.ScreenshotAsync(name);
            });
        }
    }
}
