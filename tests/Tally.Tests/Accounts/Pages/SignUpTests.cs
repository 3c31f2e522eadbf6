using System.Net;
using Shouldly;
using Tally.Accounts;
using Tally.Billing;
using Tally.Ledger;
using Tally.Testing;
using Tally.Tests.Mail;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class SignUpTests
{
    [Theory, BothStores]
    public async Task Somebody_signs_up_confirms_by_mail_and_signs_in(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var visitor = new WebVisitor(panel);
        await visitor.SignUpAsync("An@Example.com", Door.Password, "vi");
        visitor.Location.ShouldBe("/sign-up/sent");
        await visitor.FollowAsync();
        var account = await panel.Get<AccountBook>().FindAsync("an@example.com", CancellationToken.None);
        (await panel.Get<ReadBalance>().RunAsync(account.Id, CancellationToken.None)).ShouldBe(Money.Zero);
        (await panel.Get<AccountBook>().KeysAsync(account.Id, CancellationToken.None)).ShouldBeEmpty();

        await visitor.SignInAsync("an@example.com", Door.Password);
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Problem().ShouldBe(Words.In("en")["accounts.error.unconfirmed"]);

        var mail = await box.NewestAsync("an@example.com");
        mail.Subject.ShouldBe("Xác nhận email tại Tally", "The language that was chosen");
        var link = Mailbox.Link(mail);
        await visitor.OpenAsync(link);
        (await panel.IdentityAsync("an@example.com")).EmailConfirmed.ShouldBeFalse("Looking at the link is not following it");
        await visitor.SendAsync("/confirm-email");
        visitor.Location.ShouldBe("/sign-in");
        (await visitor.FollowAsync()).QuerySelector(".alert-success")!.TextContent.Trim().ShouldBe(Words.In("en")["accounts.confirm.done"]);
        await visitor.SendAsync("/sign-in", ("email", "AN@example.com "), ("password", Door.Password));
        visitor.Location.ShouldBe("/dashboard");
        (await visitor.IsSignedInAsync()).ShouldBeTrue();
        visitor.Page.DocumentElement.GetAttribute("lang").ShouldBe("vi", "The account's language");
        visitor.Text.ShouldContain("an@example.com");

        await visitor.OpenAsync(link);
        await visitor.SendAsync("/confirm-email");
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, "A link works once");
        (await panel.VerifyAsync()).ShouldNotBeNull();
    }

    [Theory, BothStores]
    public async Task A_taken_address_gets_the_same_answer_as_a_free_one_and_its_owner_a_mail(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var free = new WebVisitor(panel);
        using var taken = new WebVisitor(panel);
        await free.SignUpAsync("free@example.com", Door.Password);
        await taken.SignUpAsync("customer@example.com", Door.Password);
        (taken.Status, taken.Location).ShouldBe((free.Status, free.Location));
        (await free.FollowAsync()).Body!.InnerHtml.ShouldNotBeEmpty();
        await taken.FollowAsync();
        taken.Text.ShouldBe(free.Text);
        (await box.NewestAsync("customer@example.com")).Subject.ShouldBe("You have an account at Tally already");
        (await panel.IdentityAsync("customer@example.com")).PasswordHash.ShouldBeNull("The owner's account is as it was");

        // Somebody who did not confirm yet gets the link again.
        await taken.SignUpAsync("free@example.com", "another password 1");
        (await box.ReadAsync("free@example.com")).Count.ShouldBe(2);
        await taken.OpenAsync(await box.LinkAsync("free@example.com"));
        await taken.SendAsync("/confirm-email");
        await taken.SignInAsync("free@example.com", "another password 1");
        taken.Problem().ShouldBe(Words.In("en")["accounts.error.wrong"], "The first password is the account's");
    }

    [Theory, BothStores]
    public async Task Two_sign_ups_with_one_address_at_once_open_one_account(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        var visitors = Enumerable.Range(0, 4).Select(_ => new WebVisitor(panel)).ToList();
        await Task.WhenAll(visitors.Select(v => v.OpenAsync("/sign-up")));
        await Task.WhenAll(visitors.Select(v => v.SendAsync("/sign-up", ("email", "an@example.com"), ("password", Door.Password))));
        visitors.ShouldAllBe(v => v.Location == "/sign-up/sent");
        (await panel.Get<AccountBook>().FindAsync("an@example.com", CancellationToken.None)).ShouldNotBeNull();
        (await box.ReadAsync("an@example.com")).Count.ShouldBeInRange(1, 4);
        visitors.ForEach(v => v.Dispose());
    }

    [Theory]
    [InlineData("nobody", Door.Password, "accounts.error.email")]
    [InlineData("An <an@example.com>", Door.Password, "accounts.error.email")]
    [InlineData("an@example.com", "short", "accounts.error.password_short")]
    [InlineData("an@example.com", "", "accounts.error.password_short")]
    [InlineData("an@example.com", "Matkhau123", "accounts.error.password_obvious")]
    [InlineData("an@example.com", "aaaaaaaaaaaa", "accounts.error.password_obvious")]
    [InlineData("an@example.com", "an@example.com", "accounts.error.password_obvious")]
    public async Task What_does_not_fit_is_said_beside_the_field_with_what_was_typed_kept(string email, string password, string key)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel, "vi");
        await visitor.SignUpAsync(email, password, "vi");
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("vi")[key]);
        visitor.Page.QuerySelector("#f-email")!.GetAttribute("value").ShouldBe(email);
        visitor.Page.QuerySelector("#f-password")!.GetAttribute("value").ShouldBeNullOrEmpty();
    }

    [Theory, BothStores]
    public async Task Without_the_need_to_confirm_one_signs_in_at_once(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.SetAsync("confirm_email", "off");
        using var visitor = new WebVisitor(panel);
        await visitor.SignUpAsync("an@example.com", Door.Password);
        visitor.Location.ShouldBe("/sign-in");
        await visitor.FollowAsync();
        await visitor.SendAsync("/sign-in", ("email", "an@example.com"), ("password", Door.Password));
        visitor.Location.ShouldBe("/dashboard");
    }

    [Theory, BothStores]
    public async Task The_operator_confirms_an_address(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = new WebVisitor(panel);
        await visitor.SignUpAsync("an@example.com", Door.Password);
        var account = await panel.Get<AccountBook>().FindAsync("an@example.com", CancellationToken.None);
        await panel.WithAsync<ConfirmEmail>(c => c.ByOperatorAsync(account.Id, CancellationToken.None));
        await visitor.SignInAsync("an@example.com", Door.Password);
        visitor.Location.ShouldBe("/dashboard");
    }

    [Theory, BothStores]
    public async Task The_mail_to_confirm_is_sent_again_but_not_without_end(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var visitor = new WebVisitor(panel);
        await visitor.SignUpAsync("an@example.com", Door.Password);
        for (var i = 0; i < SignInLimits.MailsPerRecipient + 2; i++)
        {
            await visitor.SignInAsync("an@example.com", Door.Password);
            await visitor.SendAsync("/confirm-email/again");
            visitor.Location.ShouldBe("/sign-up/sent");
        }

        (await box.ReadAsync("an@example.com")).Count.ShouldBe(1 + SignInLimits.MailsPerRecipient);
        await visitor.OpenAsync(await box.LinkAsync("an@example.com"));
        await visitor.SendAsync("/confirm-email");
        visitor.Location.ShouldBe("/sign-in");
    }

    [Fact]
    public async Task One_place_can_only_cause_so_many_mails()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        for (var i = 0; i < SignInLimits.MailsPerAddress; i++)
        {
            await visitor.OpenAsync("/forgot-password");
            await visitor.SendAsync("/forgot-password", ("email", $"a{i}@example.com"));
            visitor.Location.ShouldBe("/forgot-password/sent");
        }

        await visitor.SignUpAsync("an@example.com", Door.Password);
        visitor.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        visitor.Problem().ShouldBe(Words.In("en")["accounts.error.too_many", 3]);
    }
}
