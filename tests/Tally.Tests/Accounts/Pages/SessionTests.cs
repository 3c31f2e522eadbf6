using Dapper;
using Shouldly;
using Tally.Accounts.Pages;
using Tally.Accounts.Sessions;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class SessionTests
{
    private const string Email = "customer@example.com";

    [Theory, BothStores]
    public async Task Devices_are_listed_and_one_or_all_others_are_signed_out(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var here = new WebVisitor(panel);
        using var phone = new WebVisitor(panel);
        using var office = new WebVisitor(panel);
        foreach (var visitor in (WebVisitor[])[here, phone, office])
        {
            await visitor.SignInAsync(Email, Door.Password);
        }

        await here.OpenAsync("/account/sessions");
        here.Page.QuerySelectorAll("[data-session]").Length.ShouldBe(3);
        here.Page.QuerySelectorAll("[data-session] .status-good").ShouldHaveSingleItem().ParentElement!.TextContent.ShouldContain("127.0.0.1");
        var ended = await OwnAsync(phone);
        await here.SendAsync("/account/sessions/end", ("id", ended));
        (await here.FollowAsync()).QuerySelectorAll("[data-session]").Length.ShouldBe(2);
        (await phone.IsSignedInAsync()).ShouldBeFalse();
        (await office.IsSignedInAsync()).ShouldBeTrue();
        await here.OpenAsync("/account/sessions");
        await here.SendAsync("/account/sessions/end-others");
        (await here.FollowAsync()).QuerySelector(".alert-success")!.TextContent.Trim().ShouldBe(Words.In("en")["accounts.sessions.endedOthers", "1"]);
        (await office.IsSignedInAsync()).ShouldBeFalse();
        (await here.IsSignedInAsync()).ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task Nobody_ends_the_session_of_another_account(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var other = await panel.OpenAccountAsync("other@example.com");
        using var mine = new WebVisitor(panel);
        await mine.SignInAsync(Email, Door.Password);
        var id = await OwnAsync(mine);
        using var stranger = new WebVisitor(panel).SignedInAs(other.Id, other.Email);
        await stranger.OpenAsync("/account/sessions");
        await stranger.PostAsync("/account/sessions/end", ("_token", stranger.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!), ("id", id));
        (await mine.IsSignedInAsync()).ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task A_session_ended_on_one_node_stops_on_the_other_within_a_second(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var other = await TestPanel.JoinAsync(panel.Database);
        using var here = WebVisitor.Customer(panel);
        using var there = new WebVisitor(other).SignedInAs(panel.Customer.Id, Email);
        (await there.IsSignedInAsync()).ShouldBeTrue();
        await here.OpenAsync("/account/sessions");
        await here.SendAsync("/account/sessions/end-others");
        var started = TimeProvider.System.GetTimestamp();
        await TestPanel.WaitAsync(async () => !await there.IsSignedInAsync(), "the other node knows", 10);

        // A second is promised; a loaded machine gets more here.
        TimeProvider.System.GetElapsedTime(started).TotalSeconds.ShouldBeLessThan(5);
    }

    [Theory, BothStores]
    public async Task A_page_asks_the_store_nothing_about_its_session(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        (await visitor.IsSignedInAsync()).ShouldBeTrue();

        // With the tables out of reach, a page that needs nothing else of them is made as ever.
        await panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("ALTER TABLE sessions RENAME TO sessions_away", null, tx.Transaction), CancellationToken.None);
        (await visitor.IsSignedInAsync()).ShouldBeTrue();
        await panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("ALTER TABLE sessions_away RENAME TO sessions", null, tx.Transaction), CancellationToken.None);
    }

    [Theory, BothStores]
    public async Task When_a_session_was_seen_last_is_written_and_what_has_run_out_is_forgotten(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await Door.PanelAsync(kind, clock);
        using var visitor = WebVisitor.Customer(panel);
        (await visitor.IsSignedInAsync()).ShouldBeTrue();
        var opened = (await panel.Get<SessionBook>().ListAsync(panel.Customer.Id, CancellationToken.None)).Single();
        clock.Move(TimeSpan.FromMinutes(7));
        (await visitor.IsSignedInAsync()).ShouldBeTrue();
        await panel.Get<SessionUses>().RunOnceAsync(CancellationToken.None);
        var seen = (await panel.Get<SessionBook>().ListAsync(panel.Customer.Id, CancellationToken.None)).Single();
        (seen.LastSeenAt - opened.LastSeenAt).TotalMinutes.ShouldBeInRange(7, 8);
        clock.Move(TimeSpan.FromDays(17));
        (await panel.Get<SessionBook>().ListAsync(panel.Customer.Id, CancellationToken.None)).ShouldBeEmpty();
        (await panel.Get<SessionBook>().SweepAsync(CancellationToken.None)).ShouldBe(1);
        (await visitor.IsSignedInAsync()).ShouldBeFalse("The cookie has run out too");
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome", "Windows", false)]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge", "Windows", false)]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/130 Chrome/124.0 Safari/537.36", "Cốc Cốc", "Windows", false)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari", "iPhone", true)]
    [InlineData("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36", "Samsung Internet", "Android", true)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux", false)]
    [InlineData("curl/8.5.0", null, null, false)]
    public void A_browser_is_named_by_what_it_says(string agent, string? browser, string? system, bool phone) =>
        DeviceName.Of(agent).ShouldBe(new DeviceName(browser, system, phone));

    private static async Task<string> OwnAsync(WebVisitor visitor)
    {
        await visitor.OpenAsync("/account/sessions");
        return visitor.Page.QuerySelectorAll("[data-session]").Single(s => s.QuerySelector(".status-good") is not null).GetAttribute("data-session")!;
    }
}
