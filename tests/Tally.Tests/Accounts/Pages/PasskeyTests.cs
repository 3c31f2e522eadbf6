using System.Net;
using System.Text.Json;
using Dapper;
using Shouldly;
using Tally.Accounts;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Mail;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class PasskeyTests
{
    private const string Email = "customer@example.com";

    [Theory, BothStores]
    public async Task A_passkey_is_added_with_a_name_signs_in_without_a_password_and_is_removed(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var passkey = new SoftPasskey();
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync(Email, Door.Password);
        await AddAsync(visitor, passkey, "Điện thoại <1>");
        visitor.Location.ShouldBe("/account/security");
        (await box.NewestAsync(Email)).TextBody!.ShouldContain("The passkey “Điện thoại <1>” was added");
        (await visitor.FollowAsync()).QuerySelector("[data-passkey] strong")!.TextContent.ShouldBe("Điện thoại <1>");

        using var other = new WebVisitor(panel);
        await SignInAsync(other, passkey);
        other.Location.ShouldBe("/dashboard");
        (await other.IsSignedInAsync()).ShouldBeTrue();
        await other.OpenAsync("/account/sessions");
        other.Page.QuerySelectorAll("[data-session]").Length.ShouldBe(2);
        (await box.ReadAsync(Email)).Count.ShouldBe(1, "Its use is no news");
        (await CountAsync(panel, "SELECT sign_count FROM passkeys WHERE last_used_at IS NOT NULL AND name = 'Điện thoại <1>'")).ShouldBe(1);

        await visitor.OpenAsync("/account/security");
        await visitor.SendAsync("/account/passkeys/remove");
        (await visitor.FollowAsync()).QuerySelector("[data-passkey]").ShouldBeNull();
        using var late = new WebVisitor(panel);
        await SignInAsync(late, passkey);
        late.Problem().ShouldBe(Words.In("en")["accounts.error.passkey"]);
    }

    [Theory, BothStores]
    public async Task A_passkey_stands_for_both_factors_but_opens_no_suspended_account(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var passkey = new SoftPasskey();
        using var visitor = WebVisitor.Customer(panel);
        await AddAsync(visitor, passkey, "key");
        await visitor.OpenAsync("/account/security/two-factor");
        await visitor.SendAsync("/account/security/two-factor", ("code", Totp.Code(visitor.Page.QuerySelector("#two-factor-key")!.TextContent)), ("current", Door.Password));
        using var other = new WebVisitor(panel);
        await SignInAsync(other, passkey);
        other.Location.ShouldBe("/dashboard");
        await panel.Get<AccountBook>().SetSuspendedAsync(panel.Customer.Id, suspended: true, CancellationToken.None);
        using var late = new WebVisitor(panel);
        await SignInAsync(late, passkey);
        late.Problem().ShouldBe(Words.In("en")["accounts.error.suspended"]);
    }

    [Theory, BothStores]
    public async Task A_passkey_stays_with_its_account(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var account = await panel.OpenAccountAsync("other@example.com");
        using var passkey = new SoftPasskey();
        using var owner = WebVisitor.Customer(panel);
        await AddAsync(owner, passkey, "mine");
        using var stranger = new WebVisitor(panel).SignedInAs(account.Id, account.Email);
        await AddAsync(stranger, passkey, "stolen");
        stranger.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await stranger.PostAsync("/account/passkeys/remove", ("_token", Token(stranger)), ("id", passkey.Id));
        stranger.Status.ShouldBe(HttpStatusCode.NotFound);
        (await CountAsync(panel, $"SELECT COUNT(*) FROM passkeys WHERE account_id = {panel.Customer.Id} AND name = 'mine'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("not base64url!")]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("AAAA")]
    public async Task A_passkey_that_is_none_is_not_there(string id)
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security");
        await visitor.PostAsync("/account/passkeys/remove", ("_token", visitor.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!), ("id", id));
        visitor.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, BothStores]
    public async Task What_was_not_asked_for_or_comes_from_elsewhere_is_not_taken(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var passkey = new SoftPasskey();
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security");
        await visitor.SendAsync("/account/passkeys", ("name", "key"), ("credential", "{}"), ("current", Door.Password));
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.passkey"], "Nothing was asked for");
        visitor.Page.QuerySelector("#f-name")!.GetAttribute("value").ShouldBe("key", "What was typed is kept");
        await AddAsync(visitor, passkey, "key", origin: "https://evil.example");
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await AddAsync(visitor, passkey, " ");
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.passkey_name"]);
        await AddAsync(visitor, passkey, "key");
        visitor.Location.ShouldBe("/account/security");

        using var other = new WebVisitor(panel);
        await other.OpenAsync("/sign-in");
        await other.SendAsync("/sign-in/passkey", ("credential", "nonsense"));
        other.Problem().ShouldBe(Words.In("en")["accounts.error.passkey"]);
        await SignInAsync(other, passkey, origin: "https://evil.example");
        other.Problem().ShouldBe(Words.In("en")["accounts.error.passkey"]);
        await SignInAsync(other, passkey);
        other.Location.ShouldBe("/dashboard");
        passkey.Count = 0;
        using var copy = new WebVisitor(panel);
        await SignInAsync(copy, passkey);
        copy.Problem().ShouldBe(Words.In("en")["accounts.error.passkey"], "A counter that does not rise is a copied key's");
    }

    [Fact]
    public async Task The_options_name_this_panel_and_at_the_door_no_account()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security");
        var create = await OptionsAsync(visitor, "/account/passkeys/options");
        create.GetProperty("rp").GetProperty("id").GetString().ShouldBe("127.0.0.1");
        create.GetProperty("user").GetProperty("name").GetString().ShouldBe(Email);
        create.GetProperty("pubKeyCredParams").GetArrayLength().ShouldBeGreaterThan(1);
        using var nobody = new WebVisitor(panel);
        await nobody.OpenAsync("/sign-in");
        var get = await OptionsAsync(nobody, "/sign-in/passkey/options");
        get.GetProperty("challenge").GetString()!.Length.ShouldBeGreaterThan(40);
        get.GetProperty("allowCredentials").GetArrayLength().ShouldBe(0);
    }

    private static async Task AddAsync(WebVisitor visitor, SoftPasskey passkey, string name, string? origin = null)
    {
        await visitor.OpenAsync("/account/security");
        var options = await OptionsAsync(visitor, "/account/passkeys/options");
        await visitor.SendAsync("/account/passkeys", ("name", name), ("credential", passkey.Create(options, origin ?? Origin(visitor))), ("current", Door.Password));
    }

    private static async Task SignInAsync(WebVisitor visitor, SoftPasskey passkey, string? origin = null)
    {
        await visitor.OpenAsync("/sign-in");
        var options = await OptionsAsync(visitor, "/sign-in/passkey/options");
        await visitor.SendAsync("/sign-in/passkey", ("credential", passkey.Get(options, origin ?? Origin(visitor))));
    }

    private static async Task<JsonElement> OptionsAsync(WebVisitor visitor, string path)
    {
        using var document = JsonDocument.Parse(await visitor.FetchAsync(path, Token(visitor)));
        return document.RootElement.Clone();
    }

    private static string Token(WebVisitor visitor) => visitor.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!;

    private static string Origin(WebVisitor visitor) => visitor.Panel.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private static async Task<long> CountAsync(TestPanel panel, string sql)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return await connection.QuerySingleAsync<long>(sql);
    }
}
