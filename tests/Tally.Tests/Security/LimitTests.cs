using System.Net;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Tally.Tests.Accounts.Pages;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Security;

/// <summary>How much one may send, what keys are compared with, and where one is sent on to.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_form_larger_than_one_MiB_is_refused_and_not_read()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        foreach (var path in (string[])["/sign-in", "/sign-up", "/forgot-password", "/preferences"])
        {
            var token = await FilledPanel.TokenAsync(visitor);
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent([new("_token", token), new("email", panel.Customer.Email), new("password", Door.Password), new("more", new string('x', 1 << 20))]),
            };
            request.Headers.ExpectContinue = true; // the answer comes before the body is sent, and not amid it
            request.Headers.Add("Cookie", "tally_form=" + visitor.Cookie("tally_form"));
            using var response = await panel.Http.SendAsync(request);
            (response.StatusCode, response.Headers.Contains("Set-Cookie")).ShouldBe((HttpStatusCode.BadRequest, false), path);
            (await response.Content.ReadAsStringAsync()).ShouldContain("The form has expired");
        }
    }

    [Fact]
    public async Task A_form_of_very_many_fields_is_refused()
    {
        await using var panel = await Door.PanelAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(panel);
        var token = await FilledPanel.TokenAsync(visitor);
        await visitor.PostAsync("/sign-in", [("_token", token), ("email", panel.Customer.Email), ("password", Door.Password), .. Enumerable.Range(0, 2_000).Select(i => ("f" + i, "x"))]);
        visitor.Status.ShouldBe(HttpStatusCode.BadRequest);
        visitor.Cookie("tally").ShouldBeNull();
    }

    [Theory]
    [InlineData("/webhooks/sepay")]
    [InlineData("/webhooks/stripe")]
    public async Task A_webhook_that_is_not_set_up_reads_nothing(string path)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        using var response = await panel.Http.PostAsync(path, new ByteArrayContent(new byte[300_000]));
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>
    /// The time of a comparison tells a guesser nothing: what is compared are digests of 32 bytes, of which nobody can choose the first bytes and go on from there. A clock shows it badly on a busy machine,
    /// the memory shows it well: there is no key to compare a guess with.
    /// </summary>
    [Theory, BothStores]
    public async Task Keys_are_found_by_their_digests_and_nothing_else_of_them_is_kept(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var keys = panel.Get<ApiKeys>();
        keys.Find(panel.Key).ShouldNotBeNull().AccountId.ShouldBe(panel.Customer.Id);
        foreach (var wrong in (string[])[panel.Key[..^1], panel.Key + "x", panel.Key.ToUpperInvariant(), panel.Key[..8], ApiKeys.HashText(panel.Key), ApiKeys.Prefix, "", new string('x', 10_000)])
        {
            keys.Find(wrong).ShouldBeNull(wrong);
        }

        var fields = typeof(ApiKeys).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance);
        var callers = fields.Single(f => f.Name == "_callers").FieldType.GetGenericArguments()[0];
        callers.GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance).Select(f => f.FieldType).ShouldBe(Enumerable.Repeat(typeof(long), 4));
        var kept = System.Text.Json.JsonSerializer.Serialize(fields.Where(f => typeof(System.Collections.IDictionary).IsAssignableFrom(f.FieldType)).Select(f => Values((System.Collections.IDictionary)f.GetValue(keys)!)));
        kept.ShouldContain(ApiKeys.HashText(panel.Key));
        kept.ShouldNotContain(panel.Key);
        kept.ShouldNotContain(panel.Key[4..12]);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData(" /orders")]
    public async Task No_form_sends_one_on_to_another_site(string back)
    {
        await using var filled = await FilledPanel.StartAsync(StoreKind.Sqlite);
        using var customer = filled.Customer();
        foreach (var route in PanelRoutes.Of(filled.Panel).Where(r => r.Writes() && r.NeedsToken() && !r.IsFallback() && r.Path() != "/sign-out"))
        {
            var token = await FilledPanel.TokenAsync(customer);
            await customer.PostAsync(filled.Address(route), ("_token", token), ("back", back), ("returnUrl", back), ("next", back), ("service", "1"), ("marked", "true"));
            Judge(customer, route.Path());
        }

        using var everybody = new WebVisitor(filled.Panel);
        foreach (var path in (string[])["/sign-in?back=", "/sign-in/two-factor?back=", "/dashboard?back=", "/?back="])
        {
            await everybody.GetAsync(path + Uri.EscapeDataString(back));
            Judge(everybody, path);
            await customer.GetAsync(path + Uri.EscapeDataString(back));
            Judge(customer, path);
        }

        static void Judge(WebVisitor visitor, string where)
        {
            // The address of the page for those who are not signed in is this panel's own, written in full.
            var own = visitor.Panel.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
            var next = visitor.Location?.StartsWith(own, StringComparison.Ordinal) == true ? visitor.Location[own.Length..] : visitor.Location;
            (next is null || Tally.Ui.Page.IsOurs(next)).ShouldBeTrue($"{where}: {visitor.Location}");
        }
    }

    private static IEnumerable<object?> Values(System.Collections.IDictionary dictionary) => dictionary.Values.Cast<object?>().Concat(dictionary.Keys.Cast<object?>());
}
