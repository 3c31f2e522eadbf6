using System.Net;
using Shouldly;
using Tally.Accounts.Pages;
using Tally.Testing;
using Tally.Tests.Mail;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class AccountSettingsTests
{
    private const string Email = "customer@example.com";

    [Theory, BothStores]
    public async Task Language_time_zone_and_colours_belong_to_the_account_and_follow_it_to_another_device(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var here = WebVisitor.Customer(panel);
        await here.OpenAsync("/account");
        await here.SendAsync("/account/preferences", ("language", "vi"), ("zone", "Asia/Ho_Chi_Minh"), ("theme", "Dark"));
        here.Location.ShouldBe("/account");
        using var there = WebVisitor.Customer(panel, "en");
        await there.OpenAsync("/account");
        there.Page.DocumentElement.GetAttribute("lang").ShouldBe("vi");
        there.Page.DocumentElement.GetAttribute("data-bs-theme").ShouldBe("dark");
        there.Page.QuerySelectorAll("#f-zone option[selected]").ShouldHaveSingleItem().GetAttribute("value").ShouldBe("Asia/Ho_Chi_Minh");
        await there.SendAsync("/preferences", ("language", "en"));
        await there.OpenAsync("/account");
        await there.SendAsync("/preferences", ("theme", "Light"));
        await here.OpenAsync("/account");
        here.Page.DocumentElement.GetAttribute("lang").ShouldBe("en", "Chosen on any page, it is the account's");
        here.Page.DocumentElement.GetAttribute("data-bs-theme").ShouldBe("light");
        using var nobody = new WebVisitor(panel, "en");
        await nobody.OpenAsync("/sign-in");
        nobody.Page.DocumentElement.GetAttribute("lang").ShouldBe("en");
    }

    [Theory]
    [InlineData("Moon/Base")]
    [InlineData("../../etc/passwd")]
    public async Task A_time_zone_that_is_none_is_refused_beside_its_field(string zone)
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account");
        await visitor.SendAsync("/account/preferences", ("zone", zone));
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        visitor.Page.QuerySelector("#f-zone-error")!.TextContent.ShouldBe(Words.In("en")["accounts.error.time_zone"]);
    }

    [Fact]
    public void Time_zones_begin_with_what_is_often_chosen_and_go_from_west_to_east()
    {
        var (often, all) = TimeZones.At(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));
        often[0].ShouldBe(new TimeZoneChoice("Asia/Ho_Chi_Minh", "(UTC+07:00) Asia/Ho Chi Minh"));
        all.Count.ShouldBeGreaterThan(200);
        all[0].Text.ShouldStartWith("(UTC−1");
        all[^1].Text.ShouldStartWith("(UTC+1");
        all.Select(z => z.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(all.Count);
        all.ShouldAllBe(z => TimeZones.Exists(z.Id));
    }

    [Theory, BothStores]
    public async Task A_new_address_holds_once_it_is_confirmed_and_the_old_one_hears_of_it(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync(Email, Door.Password);
        await visitor.OpenAsync("/account");
        await visitor.SendAsync("/account/email", ("email", "new@example.com"), ("current", "wrong password 1"));
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.password_wrong"]);
        await visitor.SendAsync("/account/email", ("email", Email), ("current", Door.Password));
        visitor.Page.QuerySelector(".invalid-feedback")!.TextContent.ShouldBe(Words.In("en")["accounts.error.email_same"]);
        await visitor.SendAsync("/account/email", ("email", "New@example.com"), ("current", Door.Password));
        visitor.Location.ShouldBe("/account");
        (await visitor.FollowAsync()).QuerySelector(".menu-who")!.TextContent.ShouldBe(Email, "Not before it is confirmed");
        var link = await box.LinkAsync("new@example.com");
        await visitor.OpenAsync(link.Replace("new%40example.com", "evil%40example.com", StringComparison.Ordinal));
        await visitor.SendAsync("/confirm-email");
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, "The link is for that address alone");
        await visitor.OpenAsync(link);
        await visitor.SendAsync("/confirm-email");
        visitor.Location.ShouldBe("/account");
        (await visitor.FollowAsync()).QuerySelector(".menu-who")!.TextContent.ShouldBe("new@example.com");
        (await box.NewestAsync(Email)).Subject.ShouldBe("Your address at Tally was changed");
        using var other = new WebVisitor(panel);
        await other.SignInAsync(Email, Door.Password);
        other.Problem().ShouldBe(Words.In("en")["accounts.error.wrong"]);
        await other.SignInAsync("new@example.com", Door.Password);
        other.Location.ShouldBe("/dashboard");
    }

    [Theory, BothStores]
    public async Task An_address_of_another_account_gets_the_same_answer_and_its_owner_a_mail(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        await panel.OpenAccountAsync("other@example.com");
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account");
        await visitor.SendAsync("/account/email", ("email", "other@example.com"), ("current", Door.Password));
        visitor.Location.ShouldBe("/account");
        (await visitor.FollowAsync()).QuerySelector(".alert-success")!.TextContent.Trim().ShouldBe(Words.In("en")["accounts.settings.email.sent"]);
        (await box.NewestAsync("other@example.com")).Subject.ShouldBe("You have an account at Tally already");
    }

    [Theory, BothStores]
    public async Task An_address_that_was_taken_meanwhile_stays_with_its_owner(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account");
        await visitor.SendAsync("/account/email", ("email", "new@example.com"), ("current", Door.Password));
        var link = await box.LinkAsync("new@example.com");
        await panel.OpenAccountAsync("new@example.com");
        await visitor.OpenAsync(link);
        await visitor.SendAsync("/confirm-email");
        visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await panel.IdentityAsync(Email)).Id.ShouldBe(panel.Customer.Id);
    }
}
