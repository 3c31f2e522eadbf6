using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shouldly;
using Tally.Testing;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

/// <summary>Only pages have a request that others may ask for; that signing in finds it there, the tests of signing in show.</summary>
public sealed class CurrentRequestTests
{
    [Fact]
    public async Task A_request_is_told_to_the_accessor_by_the_pages_alone_and_until_they_are_made()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var accessor = panel.Get<IHttpContextAccessor>();
        var made = panel.Get<IHttpContextFactory>().Create(new FeatureCollection());
        accessor.HttpContext.ShouldBeNull("no request to API v2 carries it along");

        HttpContext? seen = null;
        await new CurrentRequest(_ => Seen(accessor.HttpContext), accessor).InvokeAsync(made);
        seen.ShouldBeSameAs(made);
        accessor.HttpContext.ShouldBeNull();
        await Should.ThrowAsync<InvalidOperationException>(() => new CurrentRequest(_ => throw new InvalidOperationException(), accessor).InvokeAsync(made));
        accessor.HttpContext.ShouldBeNull();

        Task Seen(HttpContext? current)
        {
            seen = current;
            return Task.CompletedTask;
        }
    }
}
