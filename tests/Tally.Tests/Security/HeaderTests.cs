using System.Net;
using Shouldly;
using Tally.Testing;
using Tally.Tests.ApiV2;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Security;

/// <summary>What browsers are told about safety with every page, file and error, and how every cookie is set.</summary>
public sealed class HeaderTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_page_has_the_policy_and_its_kin(bool signedIn)
    {
        await using var filled = await FilledPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = signedIn ? filled.Customer() : new WebVisitor(filled.Panel);
        var routes = PanelRoutes.Of(filled.Panel).Where(r => r.Reads() && r.NeedsToken() && !r.IsFallback()).Select(filled.Address).ToList();
        routes.Count.ShouldBeGreaterThan(35);
        foreach (var path in (string[])[.. routes, "/nothing/here", "/orders/9999999", "/webhooks/sepay", "/orders?page=" + new string('9', 4_000)])
        {
            using var response = await visitor.GetRawAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Judge(response, path);
        }

        await visitor.PostAsync("/sign-in");
        visitor.Status.ShouldBe(HttpStatusCode.BadRequest);
        using var hook = await filled.Panel.Http.PostAsync("/webhooks/stripe", new StringContent("x"));
        Judge(hook, "/webhooks/stripe");
    }

    [Fact]
    public async Task Files_are_what_they_say()
    {
        await using var filled = await FilledPanel.StartAsync(StoreKind.Sqlite);
        using var visitor = new WebVisitor(filled.Panel);
        foreach (var path in (string[])[Tally.Ui.AssetFiles.Url("favicon.svg"), "/brand.css", "/api/v2"])
        {
            using var file = await visitor.GetRawAsync(path);
            file.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            file.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], path);
        }

        foreach (var path in (string[])["/api/v2", "/", "/healthz", "/nothing"])
        {
            using var response = await visitor.GetRawAsync(path);
            response.Headers.Contains("Server").ShouldBeFalse(path);
            response.Headers.Contains("X-Powered-By").ShouldBeFalse(path);
            response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse(path);
        }
    }

    [Fact]
    public async Task Over_TLS_every_cookie_is_for_TLS_alone_out_of_reach_for_scripts_and_not_sent_from_other_sites()
    {
        var panel = await panels.PanelAsync(StoreKind.Sqlite);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = panel.Http.BaseAddress };
        var set = new List<string>();
        await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/sign-in"));
        var (form, token) = (set.Single().Split(';')[0], Token(_body));
        await SendAsync(Post("/preferences", form, ("_token", token), ("language", "vi"), ("theme", "Dark")));
        await SendAsync(Post("/sign-in/passkey/options", form, ("_token", token)));
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/account");
        var own = string.Join("; ", visitor.Cookies.Select(c => c.Name + "=" + c.Value));
        await SendAsync(Post("/account/preferences", own, ("_token", visitor.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!), ("zone", "Europe/Berlin")));
        await SendAsync(Post("/sign-out", own, ("_token", visitor.Page.QuerySelector("input[name=_token]")!.GetAttribute("value")!)));
        set.Select(c => c.Split('=')[0]).Distinct().ShouldBe(["tally_form", "tally_language", "tally_theme", "tally_step", "tally_flash", "tally"], ignoreOrder: true);
        foreach (var cookie in set)
        {
            cookie.ShouldContain("httponly", Case.Insensitive);
            cookie.ShouldContain("secure", Case.Insensitive);
            cookie.ShouldContain("samesite=lax", Case.Insensitive);
            cookie.ShouldContain("path=/", Case.Insensitive);
            cookie.ShouldNotContain("domain=", Case.Insensitive);
        }

        async Task SendAsync(HttpRequestMessage request)
        {
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            using var response = await http.SendAsync(request);
            ((int)response.StatusCode).ShouldBeLessThan(400, request.RequestUri!.ToString());
            response.Headers.GetValues("Strict-Transport-Security").Single().ShouldContain("max-age=31536000");
            set.AddRange(response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []);
            _body = await response.Content.ReadAsStringAsync();
        }
    }

    private string _body = "";

    private static void Judge(HttpResponseMessage response, string path)
    {
        response.Headers.Contains("Content-Security-Policy").ShouldBeTrue(path);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        foreach (var rule in (string[])["default-src 'none'", "script-src 'self';", "style-src 'self';", "form-action 'self' https://checkout.stripe.com;", "frame-ancestors 'none'", "base-uri 'none'"])
        {
            policy.ShouldContain(rule, customMessage: path);
        }

        policy.ShouldNotContain("unsafe", customMessage: path);
        policy.ShouldNotContain("*", customMessage: path);
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], path);
        response.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"], path);
        response.Headers.GetValues("Cross-Origin-Opener-Policy").ShouldBe(["same-origin"], path);
        response.Headers.GetValues("Cross-Origin-Resource-Policy").ShouldBe(["same-origin"], path);
        response.Headers.Contains("Permissions-Policy").ShouldBeTrue(path);
        if (response.Content.Headers.ContentType?.MediaType == "text/html")
        {
            response.Headers.CacheControl!.NoStore.ShouldBeTrue(path);
        }
    }

    private static HttpRequestMessage Post(string path, string cookies, params (string Name, string Value)[] fields) => new(HttpMethod.Post, path)
    {
        Headers = { { "Cookie", cookies } },
        Content = new FormUrlEncodedContent(fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value))),
    };

    private static string Token(string html)
    {
        const string Before = "name=\"_token\" value=\"";
        var start = html.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return html[start..html.IndexOf('"', start)];
    }
}
