using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Shouldly;
using Tally.Ui;
using Xunit;

namespace Tally.Browser.Tests.Pages;

public sealed class AccessibilityTests(Chromium chromium, SweptPanel swept) : PageSweep(chromium, swept)
{
    [Theory, MemberData(nameof(PageCatalogue.Names), MemberType = typeof(PageCatalogue))]
    public async Task Nothing_on_a_page_shuts_anybody_out_in_light_or_dark(string name)
    {
        var violations = new List<string>();
        foreach (var look in new[] { new Look(Screen.Desktop), new Look(Screen.Desktop, Theme: Theme.Dark), new Look(Screen.Phone, "vi"), new Look(Screen.Phone, "vi", Theme.Dark) })
        {
            await LookAsync(PageCatalogue.Find(name), look, async visitor => violations.AddRange((await SeriousAsync(visitor)).Select(v => $"{look}: {v}")));
        }

        violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_that_nobody_can_read_and_a_field_without_a_label_are_found()
    {
        await LookAsync(PageCatalogue.Find("missing"), new Look(Screen.Desktop), async visitor =>
        {
            await visitor.Page.EvaluateAsync("() => { const h = document.querySelector('h1'); h.style.color = '#ddd'; h.after(document.createElement('input')); }");
            var found = await SeriousAsync(visitor);
            found.ShouldContain(v => v.StartsWith("color-contrast", StringComparison.Ordinal));
            found.ShouldContain(v => v.StartsWith("label", StringComparison.Ordinal));
        });
    }

    private static async Task<List<string>> SeriousAsync(BrowserVisitor visitor)
    {
        var results = await visitor.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        return
        [
            .. results.Violations.Where(v => v.Impact is "serious" or "critical")
                .SelectMany(v => v.Nodes.Select(node => $"{v.Id}: {v.Help}: {node.Html} ({string.Join("; ", node.Any.Concat(node.All).Concat(node.None).Select(c => c.Message))})")),
        ];
    }
}
