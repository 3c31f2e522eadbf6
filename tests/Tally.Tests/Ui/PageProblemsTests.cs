using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Testing;
using Tally.Tests.ApiV2;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

/// <summary>What cannot be made is said, with a status that fits. Both were found by a fuzzing run: a host that is no host ended as an exception in the server, without any answer of ours.</summary>
public sealed class PageProblemsTests
{
    [Theory]
    [InlineData("a..b")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("xn--")]
    public async Task A_request_to_a_host_that_is_none_is_refused_and_no_error_is_logged(string host)
    {
        using var log = new ContractLog();
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite, also: builder => builder.Services.AddSingleton<ILoggerProvider>(log));
        foreach (var request in (string[])["GET /", "POST /apapi/v2", "GET /login"])
        {
            (await AskAsync(panel, $"{request} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 400 ");
        }

        (await AskAsync(panel, $"GET /api/v2?key={panel.Key}&action=balance HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).ShouldContain("\"balance\":", customMessage: "the API does not ask who it is");
        log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_that_fails_while_it_is_rendered_is_replaced_by_one_that_says_so()
    {
        using var log = new ContractLog();
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite, also: builder => builder.Services.AddSingleton<ILoggerProvider>(log).AddSingleton<IStartupFilter>(new FailingPage()));
        using var http = new HttpClient { BaseAddress = panel.Api };
        using var answer = await http.GetAsync(new Uri(FailingPage.Path, UriKind.Relative));
        ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType).ShouldBe((500, "text/html"));
        (await answer.Content.ReadAsStringAsync()).ShouldContain("<h1");
        log.Errors.ShouldHaveSingleItem().ShouldContain("could not be made");
    }

    private static async Task<string> AskAsync(TestPanel panel, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(panel.Api.Host, panel.Api.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private sealed class FailingPage : IStartupFilter
    {
        public const string Path = "/fails-while-it-is-rendered";

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            next(app);
            ((IEndpointRouteBuilder)app.Properties["__EndpointRouteBuilder"]!).MapGet(Path, () => Page.Of<Failing>());
        };
    }

    private sealed class Failing : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) => throw new InvalidOperationException("planted");
    }
}
