using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Accounts;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Ui;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Accounts.Pages;

public sealed class SignInTests
{
    private const string Email = "customer@example.com";

    [Theory]
    [InlineData("/orders?status=1", "/orders?status=1")]
    [InlineData("https://evil.example/", "/dashboard")]
    [InlineData("//evil.example", "/dashboard")]
    [InlineData("/\\evil.example", "/dashboard")]
    [InlineData("", "/dashboard")]
    public async Task One_goes_on_to_where_one_wanted_if_it_is_ours(string back, string expected)
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync(Email, Door.Password, "/sign-in?back=" + Uri.EscapeDataString(back));
        visitor.Location.ShouldBe(expected);
        await visitor.GetAsync("/sign-in?back=" + Uri.EscapeDataString(back));
        visitor.Location.ShouldBe(expected, "Who is signed in already goes on at once");
    }

    [Fact]
    public async Task A_page_for_those_who_are_signed_in_leads_to_the_door_and_back()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.GetAsync("/account/sessions");
        visitor.Status.ShouldBe(HttpStatusCode.Redirect);
        await visitor.OpenAsync(new Uri(visitor.Location!, UriKind.RelativeOrAbsolute) is { IsAbsoluteUri: true } at ? at.PathAndQuery : visitor.Location!);
        await visitor.SendAsync("/sign-in", ("email", Email), ("password", Door.Password));
        visitor.Location.ShouldBe("/account/sessions");
    }

    [Theory, BothStores]
    public async Task A_wrong_password_and_an_address_without_account_get_the_same_answer(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await panel.OpenAccountAsync("nopassword@example.com");
        var answers = new List<string>();
        foreach (var email in (string[])[Email, "stranger@example.com", "nopassword@example.com"])
        {
            using var visitor = new WebVisitor(panel);
            await visitor.SignInAsync(email, "wrong password 1");
            visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            visitor.Cookie("tally").ShouldBeNull();
            visitor.Page.QuerySelector("#f-email")!.GetAttribute("value").ShouldBe(email, "What was typed is kept");
            answers.Add(visitor.Text.Replace(email, "", StringComparison.Ordinal));
        }

        answers.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Five_failures_lock_an_account_for_a_while_and_one_that_is_not_there_just_so(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var visitor = new WebVisitor(panel);
        var locked = Words.In("en")["accounts.error.too_many", 15];
        foreach (var email in (string[])[Email, "stranger@example.com"])
        {
            for (var i = 0; i < SignInLimits.FailuresPerAccount; i++)
            {
                await visitor.SignInAsync(email, "wrong password 1");
                visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            }

            await visitor.SignInAsync(email, Door.Password);
            visitor.Status.ShouldBe(HttpStatusCode.TooManyRequests, "Also with the right password");
            visitor.Problem().ShouldBe(locked);
        }

        await panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("UPDATE accounts SET locked_until = locked_until - 900000", null, tx.Transaction), CancellationToken.None);
        await visitor.SignInAsync(Email, Door.Password);
        visitor.Location.ShouldBe("/dashboard");
        (await panel.IdentityAsync(Email)).Failures.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task Guesses_at_the_same_time_all_count(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var visitors = Enumerable.Range(0, 4).Select(_ => new WebVisitor(panel)).ToList();
        await Task.WhenAll(visitors.Select(v => v.OpenAsync("/sign-in")));
        await Task.WhenAll(visitors.Select(v => v.SendAsync("/sign-in", ("email", Email), ("password", "wrong password 1"))));
        (await panel.IdentityAsync(Email)).Failures.ShouldBe(4);
        visitors.ForEach(v => v.Dispose());
    }

    [Fact]
    public async Task Too_many_failures_from_one_place_block_it_for_every_account()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        for (var i = 0; i < SignInLimits.FailuresPerAddress; i++)
        {
            await visitor.SignInAsync($"a{i}@example.com", "wrong password 1");
            visitor.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        }

        await visitor.SignInAsync(Email, Door.Password);
        visitor.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        visitor.Problem().ShouldBe(Words.In("en")["accounts.error.too_many", 15]);
        (await panel.IdentityAsync(Email)).Failures.ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_suspended_account_does_not_get_in_and_is_out_at_once(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        using var inside = new WebVisitor(panel);
        await inside.SignInAsync(Email, Door.Password);
        (await inside.IsSignedInAsync()).ShouldBeTrue();
        await panel.Get<AccountBook>().SetSuspendedAsync(panel.Customer.Id, suspended: true, CancellationToken.None);
        await TestPanel.WaitAsync(async () => !await inside.IsSignedInAsync(), "the session of a suspended account stops", 5);
        using var outside = new WebVisitor(panel);
        await outside.SignInAsync(Email, Door.Password);
        outside.Problem().ShouldBe(Words.In("en")["accounts.error.suspended"]);
        outside.Cookie("tally").ShouldBeNull();
        await outside.SignInAsync(Email, "wrong password 1");
        outside.Problem().ShouldBe(Words.In("en")["accounts.error.wrong"], "Only who knows the password learns of it");
    }

    [Theory, BothStores]
    public async Task A_session_is_a_new_one_at_every_sign_in_and_what_the_browser_brings_along_counts_for_nothing(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        var other = await panel.OpenAccountAsync("attacker@example.com");
        using var visitor = new WebVisitor(panel).SignedInAs(other.Id, other.Email);
        (await visitor.IsSignedInAsync()).ShouldBeTrue();
        var planted = visitor.Cookie("tally");

        // The victim signs in with the attacker's cookie in the browser: a form of a visitor's page, sent along with that cookie.
        using var page = new WebVisitor(panel);
        await page.SignInAsync(Email, Door.Password);
        var first = page.Cookie("tally").ShouldNotBeNull();
        first.ShouldNotBe(planted);
        await page.OpenAsync("/account/sessions");
        var session = page.Page.QuerySelector("[data-session]")!.GetAttribute("data-session");
        await page.SendAsync("/sign-out");
        page.Cookie("tally").ShouldBeNull();
        await page.SignInAsync(Email, Door.Password);
        await page.OpenAsync("/account/sessions");
        page.Page.QuerySelectorAll("[data-session]").Select(s => s.GetAttribute("data-session")).ShouldHaveSingleItem().ShouldNotBe(session);

        // What was kept of the session before is worth nothing after signing out.
        using var thief = new WebVisitor(panel);
        thief.SetCookie("tally", Uri.UnescapeDataString(first));
        (await thief.IsSignedInAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Forms_without_the_token_do_nothing()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        foreach (var path in (string[])["/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/confirm-email", "/sign-in/two-factor", "/sign-in/recovery", "/sign-in/passkey", "/sign-in/passkey/options"])
        {
            await visitor.PostAsync(path, ("email", Email), ("password", Door.Password));
            visitor.Status.ShouldBe(HttpStatusCode.BadRequest, path);
        }

        visitor.Cookie("tally").ShouldBeNull();
        using var inside = WebVisitor.Customer(panel);
        foreach (var path in (string[])["/sign-out", "/account/preferences", "/account/email", "/account/security/password", "/account/security/two-factor", "/account/security/two-factor/off",
            "/account/security/two-factor/codes", "/account/passkeys", "/account/passkeys/options", "/account/passkeys/remove", "/account/sessions/end", "/account/sessions/end-others"])
        {
            await inside.PostAsync(path, ("theme", "Dark"));
            inside.Status.ShouldBe(HttpStatusCode.BadRequest, path);
        }

        (await inside.IsSignedInAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_for_scripts_and_other_sites_and_ends_with_the_window_when_asked()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        await visitor.OpenAsync("/sign-in");
        var token = visitor.Page.QuerySelector("#sign-in input[name=_token]")!.GetAttribute("value")!;
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = panel.Http.BaseAddress };
        foreach (var remember in (bool[])[true, false])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
            {
                Content = new FormUrlEncodedContent([new("_token", token), new("email", Email), new("password", Door.Password), .. remember ? [new KeyValuePair<string, string>("remember", "on")] : Array.Empty<KeyValuePair<string, string>>()]),
            };
            request.Headers.Add("Cookie", "tally_form=" + visitor.Cookie("tally_form"));
            using var response = await http.SendAsync(request);
            var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tally=", StringComparison.Ordinal));
            cookie.ShouldContain("httponly", Case.Insensitive);
            cookie.ShouldContain("samesite=lax", Case.Insensitive);
            cookie.ShouldNotContain("secure", Case.Insensitive);
            cookie.Contains("expires=", StringComparison.OrdinalIgnoreCase).ShouldBe(remember);
        }
    }

    [Theory, BothStores]
    public async Task A_sign_in_holds_on_every_node(StoreKind kind)
    {
        await using var panel = await Door.PanelAsync(kind);
        await using var other = await TestPanel.JoinAsync(panel.Database);
        using var here = new WebVisitor(panel);
        await here.SignInAsync(Email, Door.Password);
        using var there = new WebVisitor(other);
        there.SetCookie("tally", Uri.UnescapeDataString(here.Cookie("tally")!));
        (await there.IsSignedInAsync()).ShouldBeTrue();
        await here.OpenAsync("/account");
        await here.SendAsync("/sign-out");
        await TestPanel.WaitAsync(async () => !await there.IsSignedInAsync(), "signing out on one node holds on the other", 5);
    }

    [Theory, BothStores]
    public async Task Each_sign_in_is_logged_and_each_that_failed_without_what_was_typed(StoreKind kind)
    {
        using var log = new KeptLog("Tally.Accounts");
        await using var panel = await TestPanel.StartAsync(kind, also: b =>
        {
            b.Services.AddSingleton<ILoggerProvider>(log);
            b.Logging.AddFilter("Tally.Accounts", LogLevel.Information);
        });
        await panel.SetPasswordAsync(panel.Customer.Id, Door.Password);
        using var visitor = new WebVisitor(panel);
        await visitor.SignInAsync("my secret instead of an address", Door.Password);
        await visitor.SignInAsync(Email, "wrong password 1");
        await visitor.SignInAsync(Email, Door.Password);
        visitor.Location.ShouldBe("/dashboard");
        log.Lines.ShouldBe(
        [
            "Signing in by password failed from 127.0.0.1, account unknown",
            $"Signing in by password failed from 127.0.0.1, account {panel.Customer.Id}",
            $"Account {panel.Customer.Id} signed in from 127.0.0.1, session {(await SessionsAsync(panel)).Single()}, by password",
        ]);
    }

    private static async Task<IReadOnlyList<long>> SessionsAsync(TestPanel panel)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return [.. await connection.QueryAsync<long>("SELECT id FROM sessions")];
    }
}
