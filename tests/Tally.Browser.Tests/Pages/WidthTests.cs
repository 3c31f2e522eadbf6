using Shouldly;
using Tally.Ui;
using Xunit;

namespace Tally.Browser.Tests.Pages;

public sealed class WidthTests(Chromium chromium, SweptPanel swept) : PageSweep(chromium, swept)
{
    // The elements that reach beyond the right edge and lie in nothing that scrolls or cuts off by itself; only the innermost of each.
    private const string SticksOut =
        """
        () => {
          const width = document.documentElement.clientWidth;
          if (document.scrollingElement.scrollWidth <= width) return [];
          const held = (e) => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible' && p.getBoundingClientRect().right <= width + 0.5) return true; return false; };
          const wide = [...document.body.querySelectorAll('*')].filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.right > width + 0.5; });
          const free = wide.filter((e) => !held(e));
          const out = free.length > 0 ? free : wide;
          return [`the page is ${document.scrollingElement.scrollWidth} px wide${out.length === 0 ? ', by something that is drawn around an element (::before, ::after)' : ''}`, ...out.filter((e) => !out.some((o) => o !== e && e.contains(o))).map((e) => `${e.outerHTML.slice(0, 160)} reaches to ${Math.round(e.getBoundingClientRect().right)} px`)];
        }
        """;

    [Theory, MemberData(nameof(PageCatalogue.Names), MemberType = typeof(PageCatalogue))]
    public async Task No_page_scrolls_sideways_on_the_narrowest_phone(string name)
    {
        var findings = new List<string>();
        foreach (var language in Words.Languages)
        {
            await LookAsync(PageCatalogue.Find(name), new Look(Screen.Narrow, language), async visitor => findings.AddRange((await SticksOutAsync(visitor)).Select(f => $"{language}: {f}")));
        }

        findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_too_wide_is_found_and_named()
    {
        await LookAsync(PageCatalogue.Find("missing"), new Look(Screen.Narrow), async visitor =>
        {
            await visitor.Page.EvaluateAsync("() => { const e = document.createElement('div'); e.className = 'planted'; e.style.width = '500px'; e.textContent = 'wide'; document.querySelector('main').append(e); }");
            (await SticksOutAsync(visitor)).ShouldContain(f => f.Contains("planted", StringComparison.Ordinal));
        });
    }

    private static Task<string[]> SticksOutAsync(BrowserVisitor visitor) => visitor.Page.EvaluateAsync<string[]>(SticksOut);
}
