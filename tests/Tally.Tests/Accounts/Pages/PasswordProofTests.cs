using System.Net;
using System.Text.Json;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

/// <summary>
/// What a stranger at an open browser must not do is not done without the password (OWASP ASVS 5.0, 7.5.1): a second factor, a passkey, an API key, another address list. The others are in
/// <see cref="PasswordTests"/> and <see cref="TwoFactorTests"/>.
/// </summary>
public sealed class PasswordProofTests
{
    private const string Email = "customer@example.com", Wrong = "wrong password 1";

    [Theory, BothStores]
    public async Task A_second_factor_is_not_turned_on_without_the_password(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security/two-factor");
        var key = visitor.Page.QuerySelector("#two-factor-key")!.TextContent;
        await IsRefusedAsync(visitor, "/account/security/two-factor", "two-factor", ("code", Totp.Code(key)));
        visitor.Page.QuerySelector("#two-factor-key")!.TextContent.ShouldBe(key, "The app that was set up stays right");
        (await panel.IdentityAsync(Email)).TwoFactor.ShouldBeFalse();
        await visitor.SendAsync("/account/security/two-factor", ("code", Totp.Code(key)), ("current", Door.Password));
        (await panel.IdentityAsync(Email)).TwoFactor.ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task A_passkey_is_not_added_without_the_password(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var passkey = new SoftPasskey();
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security");
        using var options = JsonDocument.Parse(await visitor.FetchAsync("/account/passkeys/options", visitor.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!));
        var made = passkey.Create(options.RootElement, panel.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        await visitor.OpenAsync("/account/security");
        await IsRefusedAsync(visitor, "/account/passkeys", "passkey", ("name", "key"), ("credential", made));
        visitor.Page.QuerySelector("#f-name")!.GetAttribute("value").ShouldBe("key", "What was typed is kept");
        visitor.Page.QuerySelector("[data-passkey]").ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task An_api_key_is_not_made_without_the_password(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        var before = (await panel.Get<AccountBook>().KeysAsync(panel.Customer.Id, default)).Count;
        await visitor.OpenAsync("/api/keys");
        await IsRefusedAsync(visitor, "/api/keys", "key", ("name", "shop"), ("scope", "read"));
        visitor.Page.QuerySelector("#f-name")!.GetAttribute("value").ShouldBe("shop", "What was typed is kept");
        visitor.Page.QuerySelector("input[name=scope][checked]")!.GetAttribute("value").ShouldBe("read");
        (await panel.Get<AccountBook>().KeysAsync(panel.Customer.Id, default)).Count.ShouldBe(before);
        await visitor.SendAsync("/api/keys", ("current", Door.Password));
        visitor.Page.GetElementById("new-key").ShouldNotBeNull();
        visitor.Page.GetElementById("f-key-current").ShouldNotBeNull("The next one is asked for it again");
    }

    [Theory, BothStores]
    public async Task An_address_list_is_not_saved_without_the_password_nor_is_the_question_behind_it_a_way_around(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/api/addresses");
        await IsRefusedAsync(visitor, "/api/addresses", "addresses", ("addresses", "203.0.113.7"), ("confirm", "yes"));
        visitor.Page.GetElementById("f-addresses")!.TextContent.ShouldBe("203.0.113.7", "What was typed is kept");
        (await panel.Get<AccountBook>().AddressesAsync(panel.Customer.Id, default)).ShouldBe("");

        await visitor.SendAsync("/api/addresses", ("addresses", "203.0.113.7"), ("current", Door.Password));
        visitor.Page.GetElementById("lock-out").ShouldNotBeNull();
        visitor.Page.GetElementById("f-lock-out-current").ShouldNotBeNull("The answer is a change of its own");
        await visitor.SendAsync("/api/addresses", ("confirm", "yes"), ("current", Door.Password));
        visitor.Location.ShouldBe("/api/addresses");
        (await panel.Get<AccountBook>().AddressesAsync(panel.Customer.Id, default)).ShouldBe("203.0.113.7");
    }

    [Theory, BothStores]
    public async Task Guesses_lock_the_account_as_they_do_at_the_door(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = WebVisitor.Customer(panel);
        for (var i = 0; i < SignInLimits.FailuresPerAccount; i++)
        {
            await visitor.OpenAsync("/api/keys");
            await visitor.SendAsync("/api/keys", ("name", "shop"), ("current", Wrong));
            visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        }

        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "shop"), ("current", Door.Password));
        visitor.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        visitor.Page.GetElementById("new-key").ShouldBeNull();
    }

    [Fact]
    public async Task An_account_without_a_password_is_not_asked_for_one()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        foreach (var path in (string[])["/account/security", "/account/security/two-factor", "/api/keys", "/api/addresses"])
        {
            await visitor.OpenAsync(path);
            visitor.Page.QuerySelector("input[name=current]").ShouldBeNull(path);
        }

        await visitor.OpenAsync("/api/keys");
        await visitor.SendAsync("/api/keys", ("name", "shop"));
        visitor.Page.GetElementById("new-key").ShouldNotBeNull();
    }

    /// <summary>Without the password and with a wrong one.</summary>
    private static async Task IsRefusedAsync(WebVisitor visitor, string action, string form, params (string Name, string Value)[] fields)
    {
        foreach (var password in (string[])["", Wrong])
        {
            await visitor.SendAsync(action, [.. fields, ("current", password)]);
            visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            visitor.Page.GetElementById($"f-{form}-current-error")!.TextContent.ShouldBe(Words.In("en")["accounts.error.password_wrong"]);
        }
    }
}
