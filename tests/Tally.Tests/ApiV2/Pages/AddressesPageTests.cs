using System.Net;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

public sealed class AddressesPageTests(ApiPanels panels) : IClassFixture<ApiPanels>
{
    [Theory, BothStores]
    public async Task A_list_is_saved_shown_and_held_against_the_api(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind);
        using var _ = visitor;
        var page = await visitor.OpenAsync("/api/addresses");
        page.GetElementById("client-address")!.TextContent.ShouldBe("127.0.0.1");
        page.GetElementById("address-state")!.TextContent.ShouldBe(Words.In("en")["apiv2.addresses.all"]);
        await visitor.SendAsync("/api/addresses", ("addresses", "127.0.0.1\r\n\r\n 2001:db8::/32 \r\n127.0.0.1"));
        visitor.Location.ShouldBe("/api/addresses");
        page = await visitor.FollowAsync();
        visitor.Text.ShouldContain(Words.In("en")["apiv2.addresses.saved", 2]);
        page.GetElementById("f-addresses")!.TextContent.ShouldBe("127.0.0.1\n2001:db8::/32");
        page.GetElementById("address-state")!.GetAttribute("data-allowed").ShouldBe("2");
        await visitor.SendAsync("/api/addresses", ("addresses", ""));
        page = await visitor.FollowAsync();
        page.GetElementById("address-state")!.TextContent.ShouldBe(Words.In("en")["apiv2.addresses.all"]);
        (await panel.Get<AccountBook>().AddressesAsync(account.Id, default)).ShouldBe("");
    }

    [Theory, BothStores]
    public async Task A_list_that_locks_one_out_asks_first_and_saves_on_a_yes(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind, "vi");
        using var _ = visitor;
        await visitor.OpenAsync("/api/addresses");
        await visitor.SendAsync("/api/addresses", ("addresses", "203.0.113.7\n203.0.113.9"));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.GetElementById("lock-out-title")!.TextContent.ShouldBe(Words.In("vi")["apiv2.addresses.lockTitle"]);
        visitor.Page.GetElementById("lock-out-text")!.TextContent.ShouldContain("127.0.0.1");
        visitor.Page.QuerySelector("#addresses-form textarea")!.TextContent.ShouldBe("203.0.113.7\n203.0.113.9");
        visitor.Page.GetElementById("address-state")!.GetAttribute("data-allowed").ShouldBe("0");
        (await panel.Get<AccountBook>().AddressesAsync(account.Id, default)).ShouldBe("");

        // The question's form is the first that posts there.
        await visitor.SendAsync("/api/addresses", ("confirm", "yes"));
        visitor.Location.ShouldBe("/api/addresses");
        (await panel.Get<AccountBook>().AddressesAsync(account.Id, default)).ShouldBe("203.0.113.7\n203.0.113.9");
        await TestPanel.WaitAsync(
            async () => (await panel.CallAsAsync(account.Key.Key, "balance")).TryGetProperty("code", out var code) && code.GetString() == "ip_not_allowed", "the list holds", atMostSeconds: 5);
    }

    [Theory, BothStores]
    public async Task The_question_offers_to_add_ones_own_address(StoreKind kind)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(kind);
        using var _ = visitor;
        await visitor.OpenAsync("/api/addresses");
        await visitor.SendAsync("/api/addresses", ("addresses", "203.0.113.0/24"));
        visitor.Page.QuerySelector("#lock-out button[name=also]")!.GetAttribute("value").ShouldBe("127.0.0.1");
        await visitor.SendAsync("/api/addresses", ("also", "127.0.0.1"));
        visitor.Location.ShouldBe("/api/addresses");
        (await panel.Get<AccountBook>().AddressesAsync(account.Id, default)).ShouldBe("203.0.113.0/24\n127.0.0.1");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task Wrong_lines_are_told_by_their_numbers_in_the_visitors_language(string language)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(StoreKind.Sqlite, language);
        using var _ = visitor;
        var words = Words.In(language);
        const string text = "127.0.0.1\n<b>shop</b>\n\n10.0.0.0/33";
        await visitor.OpenAsync("/api/addresses");
        await visitor.SendAsync("/api/addresses", ("addresses", text));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.GetElementById("f-addresses-error")!.TextContent.ShouldBe(words["apiv2.addresses.wrong", 2]);
        visitor.Page.QuerySelectorAll("#line-errors li").Select(l => l.TextContent).ShouldBe(
        [
            words["apiv2.addresses.line", 2, "<b>shop</b>", words["apiv2.addresses.noAddress"]],
            words["apiv2.addresses.line", 4, "10.0.0.0/33", words["apiv2.addresses.prefix", 0, 32]],
        ]);
        visitor.Page.GetElementById("f-addresses")!.TextContent.ShouldBe(text);
        (await panel.Get<AccountBook>().AddressesAsync(account.Id, default)).ShouldBe("");
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_address_is_the_forwarded_one()
    {
        var (panel, visitor, _) = await panels.SignedInAsync(StoreKind.Sqlite);
        using var own = visitor;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api");
        request.Headers.Add("X-Forwarded-For", "198.51.100.20");
        using var response = await panel.Http.SendAsync(request);
        (await response.Content.ReadAsStringAsync()).ShouldContain("<code id=\"client-address\">198.51.100.20</code>");
    }

    [Theory]
    [InlineData("", "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("2001:db8::/32", "10.0.0.1", false)]
    public void A_list_locks_out_whom_it_does_not_hold(string text, string from, bool saved) =>
        (SaveAddresses.Judge(text, IPAddress.Parse(from), evenSo: false) is SaveAddressesOutcome.Saved).ShouldBe(saved);
}
