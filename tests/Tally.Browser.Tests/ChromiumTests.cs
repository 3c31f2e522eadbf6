using Shouldly;
using Tally.Testing;
using Tally.Tests;
using Xunit;
using Xunit.Sdk;

namespace Tally.Browser.Tests;

public sealed class ChromiumTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public void Without_chromium_a_test_is_skipped_on_a_laptop_and_fails_in_CI()
    {
        Chromium.Find(null, "/nowhere:/neither").ShouldBeNull();
        Chromium.Missing(ci: true).ShouldBeOfType<InvalidOperationException>();
        Chromium.Missing(ci: false).ShouldBeOfType<SkipException>();
        Should.Throw<FileNotFoundException>(() => Chromium.Find("/nowhere/chromium", "/usr/bin"));
    }

    [Fact]
    public async Task What_the_policy_stops_what_throws_and_what_is_not_there_are_faults()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await using var visitor = await BrowserVisitor.ComeAsync(Started, panel, new Look(Screen.Desktop));
        await visitor.OpenAsync("/nothing", 404);
        visitor.Faults.Found.ShouldBeEmpty();
        await visitor.Page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.planted = 1'; document.head.append(s); }");
        await visitor.Page.EvaluateAsync("() => { setTimeout(() => { throw new Error('planted'); }); }");
        await visitor.Page.EvaluateAsync("() => { const i = new Image(); i.src = '/assets/planted/planted.png'; document.body.append(i); return new Promise((r) => { i.onerror = r; }).then(() => true); }");
        await TestPanel.WaitAsync(() => Task.FromResult(visitor.Faults.Found.Count >= 3), "three faults");
        visitor.Faults.Found.ShouldContain(f => f.StartsWith("console: ", StringComparison.Ordinal) && f.Contains("Content Security Policy", StringComparison.Ordinal));
        visitor.Faults.Found.ShouldContain(f => f.StartsWith("script: ", StringComparison.Ordinal) && f.Contains("planted", StringComparison.Ordinal));
        visitor.Faults.Found.ShouldContain(f => f.StartsWith("answer: 404", StringComparison.Ordinal) && f.Contains("planted.png", StringComparison.Ordinal));
    }
}
