using System.Net;
using Shouldly;
using Tally.Accounts;
using Tally.Accounts.Identity;
using Tally.Testing;
using Tally.Tests.Mail;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class TwoFactorTests
{
    private const string Email = "customer@example.com";

    [Theory, BothStores]
    public async Task A_second_factor_is_set_up_with_a_picture_and_a_key_and_then_asked_for(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = new WebVisitor(panel);
        using var elsewhere = WebVisitor.Customer(panel);
        (await elsewhere.IsSignedInAsync()).ShouldBeTrue();
        await visitor.SignInAsync(Email, Door.Password);
        await visitor.OpenAsync("/account/security/two-factor");
        visitor.Page.QuerySelector(".account-qr svg path").ShouldNotBeNull();
        visitor.Page.DocumentElement.OuterHtml.ShouldNotContain(" style=");
        var key = visitor.Page.QuerySelector("#two-factor-key")!.TextContent;
        await visitor.SendAsync("/account/security/two-factor", ("code", "000000"), ("current", Door.Password));
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.code"]);
        visitor.Page.QuerySelector("#two-factor-key")!.TextContent.ShouldBe(key, "The same key again");
        (await panel.IdentityAsync(Email)).AuthenticatorKey.ShouldBeNull("Nothing is stored before the app has shown a code");
        var code = Totp.Code(key);
        await visitor.SendAsync("/account/security/two-factor", ("code", $"{code[..3]} {code[3..]}"), ("current", Door.Password));
        visitor.Status.ShouldBe(HttpStatusCode.OK);
        Codes(visitor).Length.ShouldBe(10);
        (await visitor.IsSignedInAsync()).ShouldBeTrue();
        (await elsewhere.IsSignedInAsync()).ShouldBeFalse("Who came in by the password alone is out");

        using var next = new WebVisitor(panel);
        await next.SignInAsync(Email, Door.Password, "/sign-in?back=/account/sessions");
        next.Location!.ShouldStartWith("/sign-in/two-factor?");
        (await next.IsSignedInAsync()).ShouldBeFalse("The password alone does not sign in");
        await next.OpenAsync("/sign-in/two-factor?back=/account/sessions&remember=on");
        await next.SendAsync("/sign-in/two-factor", ("code", "000000"));
        next.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.code"]);
        await next.SendAsync("/sign-in/two-factor", ("code", code));
        next.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.code"], "The code that turned it on has worked once");
        await next.SendAsync("/sign-in/two-factor", ("code", Totp.Code(key, steps: 1)));
        next.Location.ShouldBe("/account/sessions");
        (await next.IsSignedInAsync()).ShouldBeTrue();
        (await panel.IdentityAsync(Email)).Failures.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_recovery_code_works_once_however_it_is_typed(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var (_, codes) = await TurnOnAsync(panel);
        using var visitor = new WebVisitor(panel);
        await RecoverAsync(visitor, codes[3].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal));
        visitor.Location.ShouldBe("/dashboard");
        await visitor.OpenAsync("/account/security");
        visitor.Text.ShouldContain(Words.In("en")["accounts.security.twoFactor.on", 9]);
        using var again = new WebVisitor(panel);
        await RecoverAsync(again, codes[3]);
        again.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        again.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.recovery"]);
        (await panel.IdentityAsync(Email)).Failures.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task One_recovery_code_at_two_doors_at_once_opens_one(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var (_, codes) = await TurnOnAsync(panel);
        var visitors = Enumerable.Range(0, 4).Select(_ => new WebVisitor(panel)).ToList();
        foreach (var visitor in visitors)
        {
            await visitor.SignInAsync(Email, Door.Password);
            await visitor.OpenAsync("/sign-in/recovery");
        }

        await Task.WhenAll(visitors.Select(v => v.SendAsync("/sign-in/recovery", ("code", codes[0]))));
        visitors.Count(v => v.Location == "/dashboard").ShouldBe(1);
        visitors.ForEach(v => v.Dispose());
    }

    [Theory, BothStores]
    public async Task One_code_of_the_app_at_four_doors_opens_one_and_none_afterwards(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var (key, _) = await TurnOnAsync(panel);
        var code = Totp.Code(key, steps: 1);
        var visitors = Enumerable.Range(0, 4).Select(_ => new WebVisitor(panel)).ToList();
        foreach (var visitor in visitors)
        {
            await visitor.SignInAsync(Email, Door.Password);
            await visitor.OpenAsync("/sign-in/two-factor");
        }

        await Task.WhenAll(visitors.Select(v => v.SendAsync("/sign-in/two-factor", ("code", code))));
        visitors.Count(v => v.Location == "/dashboard").ShouldBe(1);
        visitors.ForEach(v => v.Dispose());
        using var late = new WebVisitor(panel);
        await late.SignInAsync(Email, Door.Password);
        await late.OpenAsync("/sign-in/two-factor");
        await late.SendAsync("/sign-in/two-factor", ("code", code));
        late.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.code"]);
    }

    [Fact]
    public void A_code_is_remembered_for_longer_than_it_would_be_right()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var used = UsedCodes.With("", "123456", now).ShouldNotBeNull();
        UsedCodes.With(used, "123456", now.AddSeconds(299)).ShouldBeNull();
        used = UsedCodes.With(used, "654321", now.AddSeconds(299)).ShouldNotBeNull();
        used.Split('\n').Length.ShouldBe(2);
        UsedCodes.With(used, "123456", now.AddSeconds(300)).ShouldNotBeNull().Split('\n').Length.ShouldBe(2, "What is too old is gone");
        var nought = UsedCodes.With("", "012345", now).ShouldNotBeNull();
        foreach (var same in (string[])["012345", "12345", "0012345"])
        {
            UsedCodes.With(nought, same, now).ShouldBeNull("Identity takes it for the same number");
        }
    }

    [Theory, BothStores]
    public async Task Guessing_codes_locks_the_account(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var (key, _) = await TurnOnAsync(panel);
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync(Email, Door.Password);
        for (var i = 0; i < SignInLimits.FailuresPerAccount; i++)
        {
            await visitor.OpenAsync("/sign-in/two-factor");
            await visitor.SendAsync("/sign-in/two-factor", ("code", Totp.Code(key, steps: 100 + i)));
        }

        await visitor.OpenAsync("/sign-in/two-factor");
        await visitor.SendAsync("/sign-in/two-factor", ("code", Totp.Code(key)));
        visitor.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        using var other = new WebVisitor(panel);
        await other.SignInAsync(Email, Door.Password);
        other.Status.ShouldBe(HttpStatusCode.TooManyRequests, "A right password between the guesses does not start the count anew");
    }

    [Theory, BothStores]
    public async Task Turning_it_off_asks_for_the_password_and_the_owner_hears_of_it(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        var (key, codes) = await TurnOnAsync(panel);
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync(Email, Door.Password);
        await visitor.OpenAsync("/sign-in/two-factor");
        await visitor.SendAsync("/sign-in/two-factor", ("code", Totp.Code(key, steps: 1)));
        await visitor.OpenAsync("/account/security");
        await visitor.SendAsync("/account/security/two-factor/off", ("current", "wrong password 1"));
        visitor.Page.QuerySelector("#f-off-current-error")!.TextContent.ShouldBe(Words.In("en")["accounts.error.password_wrong"]);
        await visitor.SendAsync("/account/security/two-factor/codes", ("current", Door.Password));
        var renewed = Codes(visitor);
        renewed.ShouldNotContain(codes[0]);
        await visitor.OpenAsync("/account/security");
        await visitor.SendAsync("/account/security/two-factor/off", ("current", Door.Password));
        visitor.Location.ShouldBe("/account/security");
        (await box.NewestAsync(Email)).Subject.ShouldBe("Two-factor authentication at Tally is off");
        using var next = new WebVisitor(panel);
        await next.SignInAsync(Email, Door.Password);
        next.Location.ShouldBe("/dashboard");
    }

    [Fact]
    public async Task Nobody_stands_at_the_second_step_without_the_first()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        await TurnOnAsync(panel);
        using var visitor = new WebVisitor(panel);
        foreach (var path in (string[])["/sign-in/two-factor", "/sign-in/recovery"])
        {
            await visitor.GetAsync(path);
            visitor.Location.ShouldBe("/sign-in");
        }
    }

    [Theory, BothStores]
    public async Task A_setup_of_another_account_is_worth_nothing(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var other = await panel.OpenAccountAsync("other@example.com");
        using var attacker = new WebVisitor(panel).SignedInAs(other.Id, other.Email);
        await attacker.OpenAsync("/account/security/two-factor");
        var (setup, key) = (attacker.Page.QuerySelector("input[name=setup]")!.GetAttribute("value")!, attacker.Page.QuerySelector("#two-factor-key")!.TextContent);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security/two-factor");
        await visitor.SendAsync("/account/security/two-factor", ("setup", setup), ("code", Totp.Code(key)), ("current", Door.Password));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.again"]);
        (await panel.IdentityAsync(Email)).TwoFactor.ShouldBeFalse();
    }

    private static async Task<(string Key, string[] Codes)> TurnOnAsync(TestPanel panel)
    {
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account/security/two-factor");
        var key = visitor.Page.QuerySelector("#two-factor-key")!.TextContent;
        await visitor.SendAsync("/account/security/two-factor", ("code", Totp.Code(key)), ("current", Door.Password));
        return (key, Codes(visitor));
    }

    private static async Task RecoverAsync(WebVisitor visitor, string code)
    {
        await visitor.SignInAsync(Email, Door.Password);
        await visitor.OpenAsync("/sign-in/recovery");
        await visitor.SendAsync("/sign-in/recovery", ("code", code));
    }

    private static string[] Codes(WebVisitor visitor) => visitor.Page.QuerySelector("#recovery-codes")!.TextContent.Trim().Split('\n');
}
