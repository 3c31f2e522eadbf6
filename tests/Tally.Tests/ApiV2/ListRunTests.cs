using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class ListRunTests
{
    [Fact]
    public async Task Each_item_has_its_own_outcome()
    {
        var run = new ListRun(NullLogger.Instance);
        run.IsFirst.ShouldBeTrue();
        (await run.NextAsync(() => Task.FromResult<Refusal?>(null))).ShouldBeNull();
        run.IsFirst.ShouldBeFalse();
        (await run.NextAsync(() => Task.FromResult<Refusal?>(Refusal.CancelOpen))).ShouldBe(Refusal.CancelOpen);
    }

    [Fact]
    public async Task A_store_that_fails_half_way_takes_nothing_back_and_the_rest_is_not_tried()
    {
        var run = new ListRun(NullLogger.Instance);
        (await run.NextAsync(() => Task.FromResult<Refusal?>(null))).ShouldBeNull();
        (await run.NextAsync(() => throw new TimeoutException())).ShouldBe(Refusal.Unavailable);
        var tried = false;
        (await run.NextAsync(() =>
        {
            tried = true;
            return Task.FromResult<Refusal?>(null);
        })).ShouldBe(Refusal.Unavailable);
        tried.ShouldBeFalse();
    }

    [Fact]
    public async Task A_store_that_fails_at_once_fails_the_request()
    {
        var run = new ListRun(NullLogger.Instance);
        await Should.ThrowAsync<TimeoutException>(async () => await run.NextAsync(() => throw new TimeoutException()));
    }
}
