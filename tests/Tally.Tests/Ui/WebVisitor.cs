using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Shouldly;
using Tally.Accounts.Sessions;

namespace Tally.Tests.Ui;

/// <summary>Somebody with a browser that has no script: keeps cookies, reads pages, fills in and sends their forms, follows redirects when asked to.</summary>
public sealed class WebVisitor : IDisposable
{
    private readonly HttpClient _http;
    private readonly CookieContainer _cookies = new();
    private (long Account, string Email)? _signsInAs;

    /// <param name="receiveBuffer">How many bytes may wait for the visitor on the way; null = what the system thinks good, which may be megabytes.</param>
    public WebVisitor(TestPanel panel, string language = "en", int? receiveBuffer = null)
    {
        Panel = panel;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies };
        if (receiveBuffer is { } bytes)
        {
            handler.ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = bytes };
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        _http = new HttpClient(handler) { BaseAddress = panel.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(60) };
        SetCookie("tally_language", language);
    }

    public TestPanel Panel { get; }

    /// <summary>The page that was read last.</summary>
    public IHtmlDocument Page { get; private set; } = null!;

    /// <summary>The answer to the last request.</summary>
    public HttpStatusCode Status { get; private set; }

    /// <summary>Where the last answer sends the browser; null when it does not.</summary>
    public string? Location { get; private set; }

    /// <summary>What the last answer says that it is, such as <c>text/html</c>.</summary>
    public string? ContentType { get; private set; }

    public string Text => Page.Body!.TextContent;

    /// <summary>What the panel would be sent along with the next request.</summary>
    public IEnumerable<System.Net.Cookie> Cookies => _cookies.GetCookies(_http.BaseAddress!);

    /// <summary>A cookie that the browser holds; null when it has none of that name.</summary>
    public string? Cookie(string name) => _cookies.GetCookies(_http.BaseAddress!)[name]?.Value;

    public void SetCookie(string name, string value) => _cookies.Add(_http.BaseAddress!, new System.Net.Cookie(name, Uri.EscapeDataString(value)));

    /// <summary>Opens a page and expects it to be there.</summary>
    public async Task<IHtmlDocument> OpenAsync(string path)
    {
        await ReadyAsync();
        using var response = await _http.GetAsync(path);
        await ReadAsync(response);
        Status.ShouldBe(HttpStatusCode.OK, path);
        return Page;
    }

    /// <summary>Asks for an address, whatever the answer is.</summary>
    public async Task GetAsync(string path)
    {
        await ReadyAsync();
        using var response = await _http.GetAsync(path);
        await ReadAsync(response);
    }

    /// <summary>The raw answer to a GET, for what is no page.</summary>
    /// <param name="path">The address.</param>
    /// <param name="completion">When the answer counts as there.</param>
    /// <param name="encoding">The encodings that are taken, such as <c>br, gzip</c>; the body stays as it came.</param>
    public async Task<HttpResponseMessage> GetRawAsync(string path, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, string? encoding = null)
    {
        await ReadyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encoding is not null)
        {
            request.Headers.AcceptEncoding.ParseAdd(encoding);
        }

        return await _http.SendAsync(request, completion);
    }

    /// <summary>Sends the page's form that posts to <paramref name="action"/>, as it stands but for these fields.</summary>
    public async Task SendAsync(string action, params (string Name, string Value)[] fields)
    {
        var form = Page.Forms.FirstOrDefault(f => f.Method == "post" && new Uri(_http.BaseAddress!, f.GetAttribute("action") ?? "").PathAndQuery == action)
            ?? throw new InvalidOperationException($"The page has no form that posts to {action}; there are: {string.Join(", ", Page.Forms.Select(f => f.GetAttribute("action")))}");
        var replaced = fields.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var sent = Fields(form).Where(f => !replaced.Contains(f.Name)).Concat(fields);
        await PostAsync(action, [.. sent]);
    }

    /// <summary>Posts fields as they are, without any page's token.</summary>
    public async Task PostAsync(string action, params (string Name, string Value)[] fields)
    {
        await ReadyAsync();
        using var content = new FormUrlEncodedContent(fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = content };
        request.Headers.Add("Origin", _http.BaseAddress!.GetLeftPart(UriPartial.Authority)); // as browsers do
        using var response = await _http.SendAsync(request);
        await ReadAsync(response);
    }

    /// <summary>The same browser in another tab: it has the cookies of now.</summary>
    public WebVisitor Twin()
    {
        var twin = new WebVisitor(Panel);
        twin._cookies.Add(_cookies.GetAllCookies());
        return twin;
    }

    /// <summary>Posts as a script would, with the form's token in a header, and expects an answer that is no page.</summary>
    public async Task<string> FetchAsync(string path, string token)
    {
        await ReadyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("X-Form-Token", token);
        using var response = await _http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Goes where the last answer sent the browser.</summary>
    public Task<IHtmlDocument> FollowAsync() => OpenAsync(Location ?? throw new InvalidOperationException($"The answer {Status} sends the browser nowhere: {Text}"));

    /// <summary>Is signed in from now on, as the account, without going through the sign-in page; the session is a real one, opened with the next request.</summary>
    public WebVisitor SignedInAs(long accountId, string email)
    {
        _signsInAs = (accountId, email);
        return this;
    }

    /// <summary>A visitor who is signed in as the panel's first customer.</summary>
    public static WebVisitor Customer(TestPanel panel, string language = "en") => new WebVisitor(panel, language).SignedInAs(panel.Customer.Id, panel.Customer.Email);

    public void Dispose() => _http.Dispose();

    private static IEnumerable<(string Name, string Value)> Fields(IHtmlFormElement form)
    {
        foreach (var element in form.Elements)
        {
            switch (element)
            {
                case IHtmlInputElement { Name: { Length: > 0 } name } input when input.Type is "checkbox" or "radio":
                    if (input.IsChecked)
                    {
                        yield return (name, input.Value);
                    }

                    break;
                case IHtmlInputElement { Name: { Length: > 0 } name } input when input.Type is not ("submit" or "button" or "image"):
                    yield return (name, input.Value);
                    break;
                case IHtmlTextAreaElement { Name: { Length: > 0 } name } area:
                    yield return (name, area.Value);
                    break;
                case IHtmlSelectElement { Name: { Length: > 0 } name } select:
                    yield return (name, select.Value ?? "");
                    break;
            }
        }
    }

    private async Task ReadyAsync()
    {
        if (_signsInAs is not var (account, email))
        {
            return;
        }

        _signsInAs = null;
        var session = await Panel.Get<SessionBook>().OpenAsync(account, "127.0.0.1", "WebVisitor", CancellationToken.None);
        var options = Panel.Get<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, account.ToString(CultureInfo.InvariantCulture)), new Claim(ClaimTypes.Email, email),
                new Claim(Session.Claim, session.ToString(CultureInfo.InvariantCulture)),
            ],
            IdentityConstants.ApplicationScheme);
        var now = Panel.Get<TimeProvider>().GetUtcNow();
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(identity), new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddHours(1) }, IdentityConstants.ApplicationScheme);
        SetCookie(options.Cookie.Name!, options.TicketDataFormat.Protect(ticket));
    }

    private async Task ReadAsync(HttpResponseMessage response)
    {
        Status = response.StatusCode;
        Location = response.Headers.Location?.OriginalString;
        ContentType = response.Content.Headers.ContentType?.MediaType;
        Page = await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());
    }
}
