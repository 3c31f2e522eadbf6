using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Tally.Browser.Tests.Journeys;

public sealed class SignInTests(Chromium chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData(Screen.Phone, "vi")]
    [InlineData(Screen.Desktop, "en")]
    public async Task A_second_factor_is_set_up_by_an_app_and_asked_for_and_a_recovery_code_works_once(Screen screen, string language)
    {
        var shop = Hold(await Shop.OpenAsync(NodeRoles.Web));
        await shop.GivePasswordAsync(Steps.Password);
        var email = shop.Panel.Customer.Email;
        var visitor = await ComeAsync(shop.Panel, new Look(screen, language));
        var page = visitor.Page;
        await visitor.SignInAsync(email);
        await visitor.OpenAsync("/account/security/two-factor");
        var key = (await page.Locator("#two-factor-key").TextContentAsync())!;
        await visitor.ScreenshotAsync("two-factor");
        await page.Locator("#f-code").FillAsync(Code(key));
        await page.Locator("#f-two-factor-current").FillAsync(Steps.Password);
        await page.Locator("form[action='/account/security/two-factor'] button").ClickAsync();
        var codes = (await page.Locator("#recovery-codes").TextContentAsync())!.Split('\n');
        codes.Length.ShouldBeGreaterThan(5);
        await visitor.SignOutAsync();

        await visitor.EnterPasswordAsync(email);
        await page.WaitForURLAsync("**/sign-in/two-factor**");
        await page.Locator("#f-code").FillAsync("000000");
        await page.Locator("form[action='/sign-in/two-factor'] button").ClickAsync();
        await Expect(page.Locator("#f-code-error")).ToBeVisibleAsync();
        await page.Locator("#f-code").FillAsync(Code(key, stepsAhead: 1)); // each code is good once
        await page.Locator("form[action='/sign-in/two-factor'] button").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await visitor.SignOutAsync();

        await UseRecoveryCodeAsync(visitor, email, codes[0]);
        await page.WaitForURLAsync("**/dashboard");
        await visitor.SignOutAsync();
        await UseRecoveryCodeAsync(visitor, email, codes[0]);
        await Expect(page.Locator("#f-code-error")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(Screen.Phone, "en")]
    [InlineData(Screen.Desktop, "vi")]
    public async Task A_passkey_is_added_and_signs_in_without_a_password(Screen screen, string language)
    {
        var shop = Hold(await Shop.OpenAsync(NodeRoles.Web));
        var visitor = await ComeAsync(shop.Panel, new Look(screen, language), signedIn: true);
        var page = visitor.Page;
        await HoldAuthenticatorAsync(visitor);
        await visitor.OpenAsync("/account/security");
        await page.Locator("form[action='/account/passkeys'] [name=name]").FillAsync("Điện thoại của tôi");
        await page.Locator("form[action='/account/passkeys'] [data-passkey-button]").ClickAsync();
        await Expect(page.Locator("[data-passkey] strong")).ToHaveTextAsync("Điện thoại của tôi");
        await visitor.ScreenshotAsync("passkey");
        await visitor.SignOutAsync();

        await visitor.OpenAsync("/sign-in");
        await page.Locator("form[action='/sign-in/passkey'] [data-passkey-button]").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await visitor.OpenAsync("/account");
    }

    // By the system's clock, as ASP.NET Core Identity has it, not by the panel's.
    private static string Code(string key, int stepsAhead = 0) => Totp.Code(key, TimeProvider.System.GetUtcNow().AddSeconds(30 * stepsAhead));

    private static async Task UseRecoveryCodeAsync(BrowserVisitor visitor, string email, string code)
    {
        await visitor.EnterPasswordAsync(email);
        await visitor.Page.Locator("a[href^='/sign-in/recovery']").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/sign-in/recovery**");
        await visitor.Page.Locator("#f-code").FillAsync(code);
        await visitor.Page.Locator("form[action='/sign-in/recovery'] button").ClickAsync();
    }

    /// <summary>A device that holds passkeys and says yes by itself: Chromium's virtual authenticator.</summary>
    private static async Task HoldAuthenticatorAsync(BrowserVisitor visitor)
    {
        var session = await visitor.Context.NewCDPSessionAsync(visitor.Page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }
}
