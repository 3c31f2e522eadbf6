using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Contract;
using Tally.Providers;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(BreakerTerms.Usual, _time);

    [Fact]
    public void It_opens_after_five_failures_in_a_row_and_not_before()
    {
        Fail(4);
        Call(true);
        Fail(4);
        (_breaker.Free, _breaker.Rests).ShouldBe((int.MaxValue, false));
        Fail(1);
        (_breaker.Free, _breaker.Rests).ShouldBe((0, true));
        _breaker.Enter(out var wait).ShouldBeNull();
        wait.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void When_the_rest_is_over_one_call_tries_and_the_others_wait_for_it()
    {
        Fail(5);
        _time.Advance(TimeSpan.FromSeconds(5));
        (_breaker.Free, _breaker.Rests).ShouldBe((1, true));
        _breaker.Enter(out _).ShouldBe(CircuitBreaker.Pass.Trial);
        (_breaker.Free, _breaker.Rests).ShouldBe((0, true));
        _breaker.Enter(out _).ShouldBeNull();
        _breaker.Leave(CircuitBreaker.Pass.Trial, true);
        (_breaker.Free, _breaker.Rests).ShouldBe((int.MaxValue, false));
        Fail(4);
        _breaker.Rests.ShouldBeFalse("it counts from the beginning again");
    }

    [Fact]
    public void The_rest_doubles_with_each_failed_trial_up_to_two_minutes_and_starts_small_again()
    {
        Fail(5);
        foreach (var seconds in new[] { 5, 10, 20, 40, 80, 120, 120 })
        {
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            _breaker.Free.ShouldBe(0, $"{seconds} s are not over");
            _time.Advance(TimeSpan.FromTicks(1));
            Call(false);
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        Call(true);
        Fail(5);
        _breaker.Enter(out var wait).ShouldBeNull();
        wait.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Calls_from_before_the_rest_neither_lengthen_it_nor_are_lost_when_they_go_well()
    {
        var late = _breaker.Enter(out _)!.Value;
        var later = _breaker.Enter(out _)!.Value;
        Fail(5);
        _time.Advance(TimeSpan.FromSeconds(4));
        _breaker.Leave(late, false);
        _breaker.Enter(out var wait).ShouldBeNull();
        wait.ShouldBe(TimeSpan.FromSeconds(1));
        _breaker.Leave(later, true);
        _breaker.Rests.ShouldBeFalse();
    }

    [Fact]
    public void A_trial_that_says_nothing_leaves_the_place_to_another()
    {
        Fail(5);
        _time.Advance(TimeSpan.FromSeconds(5));
        _breaker.Leave(_breaker.Enter(out _)!.Value, null);
        _breaker.Free.ShouldBe(1);
    }

    [Fact]
    public void Refusals_and_odd_answers_are_answers_and_silence_pages_and_errors_of_the_server_are_failures()
    {
        ProviderTraffic.IsFailure<long>(new ApiResult<long>.Answered(1)).ShouldBeFalse();
        ProviderTraffic.IsFailure<long>(new ApiResult<long>.Refused(new ApiError("Bad link"))).ShouldBeFalse();
        ProviderTraffic.IsFailure<long>(new ApiResult<long>.NotSent("no address")).ShouldBeTrue();
        var failures = Enum.GetValues<UnclearReason>().Where(r => ProviderTraffic.IsFailure<long>(new ApiResult<long>.Unclear(r, "", null)));
        failures.ShouldBe([
            UnclearReason.TimedOut, UnclearReason.ConnectionLost, UnclearReason.HttpStatus, UnclearReason.Redirected, UnclearReason.EmptyBody, UnclearReason.HtmlPage, UnclearReason.Malformed,
        ]);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Call(false);
        }
    }

    private void Call(bool well) => _breaker.Leave(_breaker.Enter(out _).ShouldNotBeNull(), well);
}
