using System.Net;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Accounts;
using Tally.ApiV2;
using Tally.Settings;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class ApiLimitsTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly Caller Caller = new(1, 2, KeyScope.Order, AddressList.Empty);

    private readonly FakeTimeProvider _time = new();
    private PanelSettings _settings = new() { RequestsPerSecond = 1, RequestBurst = 3, WrongKeysPerAddress = 2 };

    [Fact]
    public void A_key_may_make_its_burst_and_then_waits()
    {
        var limits = Limits();
        Taken(limits, 5).ShouldBe(3);
        limits.TryTake(Caller, out var wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromSeconds(1));
        limits.TryTake(new Caller(1, 3, KeyScope.Order, AddressList.Empty), out _).ShouldBeTrue();
        _time.Advance(wait);
        Taken(limits, 5).ShouldBe(1);
    }

    [Fact]
    public void Wrong_keys_block_their_address_for_fifteen_minutes()
    {
        var limits = Limits();
        limits.RecordWrongKey(Here).ShouldBeFalse();
        limits.IsBlocked(Here, out _).ShouldBeFalse();
        limits.RecordWrongKey(Here).ShouldBeTrue();
        limits.IsBlocked(Here, out var wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.FromMinutes(15));
        limits.IsBlocked(IPAddress.Parse("192.0.2.2"), out _).ShouldBeFalse();
        _time.Advance(wait);
        limits.IsBlocked(Here, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_the_operator_changes_holds_from_the_next_request_on()
    {
        var limits = Limits();
        Taken(limits, 9).ShouldBe(3);
        _settings = _settings with { RequestsPerSecond = 10, RequestBurst = 20, WrongKeysPerAddress = 1 };
        limits.IsBlocked(Here, out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(3));
        Taken(limits, 99).ShouldBe(20);
        limits.RecordWrongKey(Here).ShouldBeTrue();
    }

    [Fact]
    public void Settings_beyond_what_a_limiter_takes_are_cut_to_it_and_do_not_stop_the_panel()
    {
        _settings = _settings with { RequestsPerSecond = 1, RequestBurst = 1_000_000, WrongKeysPerAddress = 1_000_000 };
        var limits = Limits();
        limits.TryTake(Caller, out _).ShouldBeTrue();
        limits.RecordWrongKey(Here).ShouldBeFalse();
    }

    private ApiLimits Limits() => new(() => _settings, _time);

    private static int Taken(ApiLimits limits, int asked) => Enumerable.Range(0, asked).Count(_ => limits.TryTake(Caller, out var _));
}
