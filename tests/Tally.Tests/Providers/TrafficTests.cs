using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Tally.Contract;
using Tally.Demo;
using Tally.Operations;
using Tally.Providers;
using Tally.Providers.Workers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Providers;

/// <summary>Calls a second, rests of a provider that fails, and reads that are tried again.</summary>
public sealed class TrafficTests
{
    private static readonly AddOrder s_order = new() { Service = "503", Link = "https://example.com/a", Quantity = 100 };

    [Fact]
    public void No_more_calls_begin_in_any_second_than_allowed()
    {
        var time = new FakeTimeProvider();
        var pace = new CallPace(3, time);
        Taken(pace, 2).ShouldBe(2);
        time.Advance(TimeSpan.FromMilliseconds(600));
        (pace.Free, Taken(pace, 5)).ShouldBe((1, 1));
        pace.TryTake(out var wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromMilliseconds(400));
        time.Advance(TimeSpan.FromMilliseconds(400));
        (pace.Free, Taken(pace, 5)).ShouldBe((2, 2));
        time.Advance(TimeSpan.FromMilliseconds(599));
        pace.Free.ShouldBe(0);
        time.Advance(TimeSpan.FromMilliseconds(1));
        pace.Free.ShouldBe(1);
        time.Advance(TimeSpan.FromHours(1));
        (pace.Free, Taken(pace, 5)).ShouldBe((3, 3));
    }

    [Fact]
    public async Task The_sender_is_told_how_many_calls_may_begin()
    {
        var time = new FakeTimeProvider();
        var traffic = new ProviderTraffic(BreakerTerms.Usual, time);
        var provider = new Provider(1, "up", new Uri("https://panel.example"), "key", false, false, null, 16);
        traffic.Free(provider).ShouldBe(int.MaxValue);
        provider = provider with { CallsPerSecond = 7 };
        traffic.Free(provider).ShouldBe(7);
        for (var i = 0; i < 5; i++)
        {
            (await Call(new ApiResult<long>.Unclear(UnclearReason.TimedOut, "silence", null))).Held.ShouldBeNull();
        }

        (traffic.Free(provider), traffic.Rests(provider)).ShouldBe((0, true));
        (await Call(new ApiResult<long>.Answered(1))).Held!.ShouldContain("rest for 5 s");
        time.Advance(TimeSpan.FromSeconds(5));
        traffic.Free(provider).ShouldBe(1);
        (await Call(new ApiResult<long>.Answered(1))).Result.ShouldBe(new ApiResult<long>.Answered(1));
        (traffic.Free(provider), traffic.Rests(provider)).ShouldBe((6, false));

        // Another pace keeps the rest, another address starts afresh.
        for (var i = 0; i < 5; i++)
        {
            await Call(new ApiResult<long>.NotSent("no connection"));
        }

        traffic.Rests(provider with { CallsPerSecond = 9 }).ShouldBeTrue();
        traffic.Rests(provider with { Url = new Uri("https://other.example") }).ShouldBeFalse();

        Task<(ApiResult<long>? Result, string? Held)> Call(ApiResult<long> result) => traffic.RunAsync(provider, TimeSpan.Zero, () => Task.FromResult(result));
    }

    [Theory, BothStores]
    public async Task Reads_are_tried_again_and_what_orders_something_never_is(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Balance = 5 });
        var provider = await panel.AddProviderAsync(upstream.Url, upstream.Key);
        var book = panel.Get<ProviderBook>();
        upstream.Faults.Next(SimulatedAction.Balance, new Fault.Html(), calls: 2);
        (await book.CallAsync(provider, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
        upstream.Received.Total(SimulatedAction.Balance).ShouldBe(3);

        upstream.Faults.Next(SimulatedAction.Balance, new Fault.Html(), calls: 3);
        (await book.CallAsync(provider, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Unclear>();
        upstream.Received.Total(SimulatedAction.Balance).ShouldBe(6);

        upstream.Faults.Next(SimulatedAction.Add, new Fault.Html());
        upstream.Faults.Next(SimulatedAction.Cancel, new Fault.Html());
        upstream.Faults.Next(SimulatedAction.Refill, new Fault.Html());
        (await book.CallAsync(provider, "add", api => api.AddAsync(s_order))).ShouldBeOfType<ApiResult<long>.Unclear>();
        await book.CallAsync(provider, "balance", api => api.BalanceAsync());
        await book.CallAsync(provider, "cancel", api => api.CancelAsync(["1"]));
        await book.CallAsync(provider, "balance", api => api.BalanceAsync());
        await book.CallAsync(provider, "refill", api => api.RefillAsync("1"));
        foreach (var action in new[] { SimulatedAction.Add, SimulatedAction.Cancel, SimulatedAction.Refill })
        {
            upstream.Received.Total(action).ShouldBe(1, action.ToString());
        }
    }

    [Theory, BothStores]
    public async Task A_provider_that_fails_rests_with_an_alert_and_works_again_without(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, also: b =>
        {
            b.Services.Replace(ServiceDescriptor.Singleton(new BreakerTerms(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))));
            b.Services.AddSingleton<ReportHealth>();
        });
        await using var upstream = await SimulatedProvider.StartAsync();
        var provider = await panel.AddProviderAsync(upstream.Url, upstream.Key);
        var (book, report) = (panel.Get<ProviderBook>(), panel.Get<ReportHealth>());
        upstream.Faults.WithProbability(SimulatedAction.Balance, 1, new Fault.Html());
        await book.CallAsync(provider, "balance", api => api.BalanceAsync());
        var held = (await book.CallAsync(provider, "add", api => api.AddAsync(s_order))).ShouldBeOfType<ApiResult<long>.NotSent>();
        held.What.ShouldContain("Calls to upstream rest");
        upstream.Received.Total(SimulatedAction.Add).ShouldBe(0);
        await report.RunOnceAsync(CancellationToken.None);
        await report.RunOnceAsync(CancellationToken.None);
        var alert = (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldHaveSingleItem();
        (alert.Kind, alert.Subject, alert.Times).ShouldBe((AlertKind.ProviderHealth, "provider upstream", 1));
        alert.Text.ShouldContain("balance: A page instead of JSON");

        upstream.Faults.Clear();
        await TestPanel.WaitAsync(() => Task.FromResult(panel.Get<ProviderTraffic>().Free(provider) == 1), "the rest is over");
        (await book.CallAsync(provider, "add", api => api.AddAsync(s_order))).ShouldBeOfType<ApiResult<long>.Answered>();
        await report.RunOnceAsync(CancellationToken.None);
        (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task An_alert_that_another_process_left_behind_ends_when_the_provider_answers(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, also: b => b.Services.AddSingleton<ReportHealth>());
        await using var upstream = await SimulatedProvider.StartAsync();
        var provider = await panel.AddProviderAsync(upstream.Url, upstream.Key);
        await panel.Get<Tally.Platform.Db.Database>().WriteAsync(
            tx => panel.Get<Alerts>().RaiseAsync(tx, AlertKind.ProviderHealth, provider.AlertSubject, "from before", CancellationToken.None), CancellationToken.None);
        await panel.Get<ReportHealth>().RunOnceAsync(CancellationToken.None);
        (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).Count.ShouldBe(1, "nothing is known of the provider yet");
        await panel.Get<ProviderBook>().CallAsync(provider, "balance", api => api.BalanceAsync());
        await panel.Get<ReportHealth>().RunOnceAsync(CancellationToken.None);
        (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task Reads_wait_for_their_turn_and_extra_parameters_go_with_every_call(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var upstream = await Contract.KestrelPanel.StartAsync("""{"balance":"1","currency":"USD"}""");
        var provider = await panel.Get<SaveProvider>().AddAsync(
            "paced", upstream.Url.ToString(), "key-there-123", references: false, allowPrivate: true, CancellationToken.None,
            new ProviderChange { CallsPerSecond = 2, Extra = ["panel=7 & more", "lang=en"] });
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 4; i++)
        {
            (await panel.Get<ProviderBook>().CallAsync(provider, "balance", api => api.BalanceAsync())).ShouldBeOfType<ApiResult<Balance>.Answered>();
        }

        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(990));
        (upstream.Form["panel"], upstream.Form["lang"], upstream.Form["key"], upstream.Form["action"]).ShouldBe(("7 & more", "en", "key-there-123", "balance"));
    }

    private static int Taken(CallPace pace, int tries) => Enumerable.Range(0, tries).Count(_ => pace.TryTake(out var _));
}
