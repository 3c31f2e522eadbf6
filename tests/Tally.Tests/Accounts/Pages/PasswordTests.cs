using System.Buffers.Binary;
using System.Net;
using Dapper;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Shouldly;
using Tally.Accounts.Identity;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Mail;
using Tally.Tests.Orders;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class PasswordTests
{
    private const string Email = "customer@example.com", New = "seven green lanterns";

    [Theory, BothStores]
    public async Task A_password_is_hashed_with_as_many_rounds_as_OWASP_asks_for_and_an_older_hash_is_made_anew_at_sign_in(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        (await RoundsAsync()).ShouldBe((2, 210_000)); // 2: HMAC-SHA-512
        var old = new PasswordHasher<AccountIdentity>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })).HashPassword(null!, Door.Password);
        await panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("UPDATE accounts SET password = @old", new { old }, tx.Transaction), CancellationToken.None);
        (await RoundsAsync()).ShouldBe((2, 1_000));
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync(Email, Door.Password);
        visitor.Location.ShouldBe("/dashboard");
        (await RoundsAsync()).ShouldBe((2, 210_000));

        async Task<(int Function, int Rounds)> RoundsAsync()
        {
            // ASP.NET Core Identity's third format: a byte that says so, the function, the rounds, each in four bytes.
            var hash = Convert.FromBase64String((await panel.QueryAsync<string>($"SELECT password FROM accounts WHERE id = {panel.Customer.Id}")).Single());
            return (BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)));
        }
    }

    [Theory, BothStores]
    public async Task A_forgotten_password_is_set_anew_by_mail_and_everybody_else_is_out(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var thief = new WebVisitor(panel);
        await thief.SignInAsync(Email, Door.Password);
        await panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("UPDATE accounts SET locked_until = 99999999999999", null, tx.Transaction), CancellationToken.None);
        using var visitor = new WebVisitor(panel);
        await ForgotAsync(visitor, Email);
        var link = await box.LinkAsync(Email);
        await visitor.OpenAsync(link);
        await visitor.SendAsync("/reset-password", ("password", "short"));
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.password_short"]);
        await visitor.SendAsync("/reset-password", ("password", New));
        visitor.Location.ShouldBe("/sign-in");
        (await thief.IsSignedInAsync()).ShouldBeFalse();
        await visitor.SignInAsync(Email, Door.Password);
        visitor.Problem().ShouldBe(Words.In("en")["accounts.error.wrong"]);
        await visitor.SignInAsync(Email, New);
        visitor.Location.ShouldBe("/dashboard", "The lock is lifted too");
        (await box.NewestAsync(Email)).Subject.ShouldBe("Your password at Tally was changed");

        await visitor.OpenAsync(link);
        await visitor.SendAsync("/reset-password", ("password", "another one entirely"));
        visitor.Text.ShouldContain(Words.In("en")["accounts.error.link"], Case.Sensitive, "A link works once");
    }

    [Theory, BothStores]
    public async Task Whoever_has_no_password_yet_or_is_not_confirmed_gets_in_by_the_same_link(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var visitor = new WebVisitor(panel);
        await visitor.SignUpAsync("an@example.com", Door.Password);
        foreach (var email in (string[])[Email, "an@example.com"])
        {
            await ForgotAsync(visitor, email);
            await visitor.OpenAsync(await box.LinkAsync(email));
            await visitor.SendAsync("/reset-password", ("password", New));
            await visitor.SignInAsync(email, New);
            visitor.Location.ShouldBe("/dashboard");
            await visitor.OpenAsync("/account");
            await visitor.SendAsync("/sign-out");
        }
    }

    [Theory, BothStores]
    public async Task An_address_without_account_gets_the_same_answer_and_no_mail(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var known = new WebVisitor(panel);
        using var unknown = new WebVisitor(panel);
        await ForgotAsync(known, Email);
        await ForgotAsync(unknown, "stranger@example.com");
        (unknown.Status, unknown.Location).ShouldBe((known.Status, known.Location));
        await known.FollowAsync();
        await unknown.FollowAsync();
        unknown.Text.ShouldBe(known.Text);
        (await box.ReadAsync(Email)).Count.ShouldBe(1);
        (await box.ReadAsync("stranger@example.com")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("account=1&code=nonsense")]
    [InlineData("account=999&code=nonsense")]
    [InlineData("account=0&code=")]
    public async Task A_made_up_link_sets_nothing(string query)
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.OpenAsync("/reset-password?" + query);
        await visitor.SendAsync("/reset-password", ("password", New));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Text.ShouldContain(Words.In("en")["accounts.error.link"]);
        await visitor.SignInAsync(Email, Door.Password);
        visitor.Location.ShouldBe("/dashboard");
    }

    [Theory, BothStores]
    public async Task A_link_of_one_account_or_purpose_is_worth_nothing_for_another(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        var other = await panel.OpenAccountAsync("other@example.com");
        using var visitor = new WebVisitor(panel);
        await ForgotAsync(visitor, Email);
        var link = await box.LinkAsync(Email);
        await visitor.OpenAsync(link.Replace($"account={panel.Customer.Id}", $"account={other.Id}", StringComparison.Ordinal));
        await visitor.SendAsync("/reset-password", ("password", New));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await visitor.SignUpAsync("an@example.com", Door.Password);
        await visitor.OpenAsync((await box.LinkAsync("an@example.com")).Replace("/confirm-email", "/reset-password", StringComparison.Ordinal));
        await visitor.SendAsync("/reset-password", ("password", New));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory, BothStores]
    public async Task Changing_the_password_asks_for_the_one_before_and_ends_all_other_sessions(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var here = new WebVisitor(panel);
        using var there = new WebVisitor(panel);
        await here.SignInAsync(Email, Door.Password);
        await there.SignInAsync(Email, Door.Password);
        (await there.IsSignedInAsync()).ShouldBeTrue();
        await here.OpenAsync("/account/security");
        await here.SendAsync("/account/security/password", ("current", "wrong password 1"), ("password", New));
        here.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.password_wrong"]);
        (await panel.IdentityAsync(Email)).Failures.ShouldBe(1, "A guess counts as at the door");
        await here.SendAsync("/account/security/password", ("current", Door.Password), ("password", "12345678"));
        here.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.password_obvious"]);
        await here.SendAsync("/account/security/password", ("current", Door.Password), ("password", New));
        here.Location.ShouldBe("/account/security");
        (await here.IsSignedInAsync()).ShouldBeTrue();
        (await there.IsSignedInAsync()).ShouldBeFalse();
        (await box.NewestAsync(Email)).Subject.ShouldBe("Your password at Tally was changed");
        await there.SignInAsync(Email, New);
        there.Location.ShouldBe("/dashboard");
    }

    private static async Task ForgotAsync(WebVisitor visitor, string email)
    {
        await visitor.OpenAsync("/forgot-password");
        await visitor.SendAsync("/forgot-password", ("email", email));
        visitor.Location.ShouldBe("/forgot-password/sent");
    }
}
