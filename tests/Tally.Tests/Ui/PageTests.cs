using System.Net;
using Shouldly;
using Tally.Testing;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

public sealed class PageTests
{
    [Fact]
    public async Task An_address_without_a_page_answers_404_in_the_visitors_language()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel, "vi");
        await visitor.GetAsync("/nothing/here");
        visitor.Status.ShouldBe(HttpStatusCode.NotFound);
        visitor.Page.Title.ShouldBe(Words.In("vi")["ui.problem.missing.title"]);
        visitor.Page.DocumentElement.GetAttribute("lang").ShouldBe("vi");
    }

    [Fact]
    public async Task A_form_without_the_token_is_refused_with_a_page_and_changes_nothing()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.PostAsync("/preferences", ("language", "vi"), ("back", "/"));
        visitor.Status.ShouldBe(HttpStatusCode.BadRequest);
        visitor.Page.Title.ShouldBe(Words.In("en")["ui.problem.form.title"]);
        await visitor.GetAsync("/nothing");
        visitor.Page.DocumentElement.GetAttribute("lang").ShouldBe("en");
    }

    [Fact]
    public async Task Language_and_colours_are_chosen_on_any_page_and_remembered()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.GetAsync("/services?q=1");
        await visitor.SendAsync("/preferences", ("language", "vi"));
        visitor.Location.ShouldBe("/services?q=1");
        await visitor.GetAsync("/nothing?a=1");
        await visitor.SendAsync("/preferences", ("theme", "Dark"));
        visitor.Location.ShouldBe("/"); // a page that is not there repeats nothing of what was asked for
        await visitor.GetAsync("/nothing");
        visitor.Page.DocumentElement.GetAttribute("lang").ShouldBe("vi");
        visitor.Page.DocumentElement.GetAttribute("data-bs-theme").ShouldBe("dark");
    }

    [Theory]
    [InlineData("/orders", true)]
    [InlineData("/", true)]
    [InlineData("/orders?status=1#x", true)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("orders", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("/a\r\nSet-Cookie: x", false)]
    public void Only_paths_of_this_panel_are_gone_back_to(string? path, bool ours) => Tally.Ui.Page.IsOurs(path).ShouldBe(ours);

    [Fact]
    public async Task Every_page_forbids_inline_scripts_frames_and_guessing_of_types()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        using var response = await visitor.GetRawAsync("/nothing");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        var html = await response.Content.ReadAsStringAsync();
        html.ShouldNotContain(" style=");
        html.ShouldNotContain(" onclick=");
    }

    [Fact]
    public async Task Assets_are_kept_for_a_year_and_come_compressed()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, AssetFiles.Url("css/app.css"));
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        using var response = await panel.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        response.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        (await response.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(90_000);
    }
}
