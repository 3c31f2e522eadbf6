using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Providers;

namespace Tally.Demo;

/// <summary>
/// Some weeks of a customer's past, so that every page of the demo has something to show: orders of all types and in all states, drip-feeds, subscriptions, refills, cancels, payments, prices
/// that moved. All of it is done by the panel's own use cases on a clock that is set to the past; the same start and seed give the same past. What is unfinished at its end the running panel finishes.
/// </summary>
/// <param name="panel">The use cases, on a store with the demo's services and customer, and on the clock of <paramref name="time"/>.</param>
internal sealed class DemoHistory(IServiceProvider panel, Timeline time, long account, int seed, CancellationToken ct)
{
    /// <summary>How far it reaches back.</summary>
    public const int Days = 45;

    /// <summary>Where the demo's bank would be; the memo of transfers names the customer.</summary>
    public const string BankAccount = "TALLYDEMO0";

    private static readonly Money s_lowBalance = Money.Parse("400000"), s_dearest = Money.Parse("700000");

    // Much of what is ordered anywhere is ordered of a few services.
    private static readonly long[] s_favourites = [1, 1, 1, 3, 4, 5, 8, 12, 12, 13, 13, 14, 15, 19, 19, 29, 29, 32, 37, 38, 40];

#pragma warning disable CA5394 // Chance for show: nothing depends on its being hard to guess.
    private readonly Random _random = new(seed);
#pragma warning restore CA5394

    private readonly Catalog.Catalog _catalog = panel.GetRequiredService<Catalog.Catalog>();
    private readonly PlaceOrder _place = panel.GetRequiredService<PlaceOrder>();
    private DemoDelivery _delivery = null!;
    private long _lastProviderOrder;
    private long _lastTransfer = 4_400_000;
    private bool _short;

    public async Task RunAsync()
    {
        _delivery = new DemoDelivery(panel, time, _random, ct);
        await panel.GetRequiredService<ProviderBook>().RefreshAsync(ct);
        await _catalog.RefreshAsync(ct);
        var begin = time.End.AddDays(-Days);
        time.At(begin, () => TopUpAsync(2_000_000));
        PlanPrices();
        for (var day = 0; day <= Days; day++)
        {
            PlanDay(begin.AddDays(day));
        }

        PlanTypes();
        PlanSeries();
        PlanLowBalance();
        await time.RunAsync(ct);
    }

    // A customer's day has 14 hours, and some days are busier than others.
    private void PlanDay(DateTimeOffset day)
    {
        var orders = 2 + _random.Next(4) + (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 3 : 0);
        for (var i = 0; i < orders; i++)
        {
            var (at, service, about) = (day.AddMinutes(_random.Next(0, 14 * 60)), s_favourites[_random.Next(s_favourites.Length)], 6_000 + (_random.Next(100) * _random.Next(100) * 16));
            time.At(at, () => OrderAsync(service, about));
        }
    }

    /// <summary>Each type once at least, spread over the weeks; services done by hand among them.</summary>
    private void PlanTypes()
    {
        var others = _catalog.Current.Services.Where(s => s.Type is not (ServiceType.Default or ServiceType.Subscriptions) && s.Rate < s_dearest).ToList();
        for (var i = 0; i < others.Count; i++)
        {
            var service = others[i].Id;
            time.At(time.End.AddDays(-Days + 1 + (i * (Days - 3.0) / others.Count)).AddHours(i % 5), () => OrderAsync(service, 60_000));
        }

        // Left as they are: the staff's work waits, and the running panel sends the others.
        time.At(time.End.AddHours(-5), () => PlaceAsync(_catalog.Current.Services.First(s => s.Type == ServiceType.Package && s.ProviderId is null).Id, 1));
        foreach (var (minutes, service, about) in (ReadOnlySpan<(int, long, int)>)[(3, 4, 90_000), (2, 15, 70_000), (2, 19, 40_000), (1, 34, 110_000), (1, 48, 60_000)])
        {
            time.At(time.End.AddMinutes(-minutes), () => PlaceAsync(service, about));
        }
    }

    private void PlanSeries()
    {
        foreach (var (daysAgo, service, runs, hours) in (ReadOnlySpan<(double, long, int, int)>)[(31, 13, 6, 4), (12.4, 29, 8, 3), (0.5, 4, 10, 2)])
        {
            time.At(time.End.AddDays(-daysAgo), async () =>
            {
                var parameters = DemoWish.Of(Service(service), Money.Parse("12000"), _random) with { Runs = $"{runs}", Interval = $"{hours * 60}" };
                if (await PlaceAsync(parameters) is { } order)
                {
                    _delivery.Drip(account, order, runs, TimeSpan.FromHours(hours));
                }
            });
        }

        time.At(time.End.AddDays(-26), () => SubscribeAsync(21, 60, 140, 6, async subscription =>
        {
            for (var post = 1; post <= 6; post++)
            {
                var (pieces, last) = (_random.Next(60, 140), post == 6);
                time.After(TimeSpan.FromHours(21 * post), () => subscription.PostAsync(pieces, last));
            }

            await Task.CompletedTask;
        }));
    }

    /// <summary>Two days ago money ran out, after a week without paying in: a subscription paused, its customer got a notice, paid in, and it went on.</summary>
    private void PlanLowBalance()
    {
        DemoSubscription? subscription = null;
        time.At(time.End.AddDays(-5), () => SubscribeAsync(21, 1_000, 12_000, 40, s =>
        {
            subscription = s;
            time.After(TimeSpan.FromHours(18), () => s.PostAsync(1_400, last: false));
            return Task.CompletedTask;
        }));
        time.At(time.End.AddDays(-7), () =>
        {
            _short = true;
            return Task.CompletedTask;
        });
        time.At(time.End.AddHours(-57), async () =>
        {
            var left = await BalanceAsync();
            if (left > Money.Parse("90000"))
            {
                await PlaceAndDeliverAsync(4, (long)((left.Units / Money.UnitsPerOne) - 50_000));
            }
        });
        time.At(time.End.AddHours(-52), () => subscription!.PostAsync(12_000, last: false));
        time.At(time.End.AddHours(-47), async () =>
        {
            _short = false;
            await TopUpAsync(12_000_000);
            await subscription!.ResumeAsync(12_000);
        });
    }

    private void PlanPrices()
    {
        var set = panel.GetRequiredService<SetService>();
        foreach (var (daysAgo, service, percent) in (ReadOnlySpan<(double, long, int)>)[(38, 1, 4), (33.3, 12, -10), (27.1, 19, -6), (22, 32, 7), (15.6, 13, -8), (9.2, 4, 5), (6.1, 29, -12), (3.4, 37, -5), (1.2, 5, -9), (0.3, 48, 3)])
        {
            time.At(time.End.AddDays(-daysAgo), () => set.RunAsync(service, s => s, new NewRate.ByHand(Moved(Service(service).Rate, percent)), "demo", ct));
        }

        time.At(time.End.AddDays(-18), () => set.RunAsync(9, s => s with { Enabled = false }, null, "demo", ct));
        time.At(time.End.AddDays(-16), () => set.RunAsync(9, s => s with { Enabled = true }, null, "demo", ct));
        time.At(time.End.AddDays(-2.2), () => set.RunAsync(41, s => s with { Enabled = false }, null, "demo", ct));
    }

    private static Money Moved(Money rate, int percent) => new(rate.Units * (100 + percent) / 100);

    private async Task OrderAsync(long service, int about)
    {
        if (!_short && await BalanceAsync() < s_lowBalance)
        {
            await TopUpAsync((_random.Next(1, 5) * 500_000) + 500_000);
        }

        if (Service(service).Sold)
        {
            await PlaceAndDeliverAsync(service, about);
        }
    }

    private async Task PlaceAndDeliverAsync(long service, long about)
    {
        if (await PlaceAsync(service, about) is not { } order)
        {
            return;
        }

        if (Service(service).Cancel && _random.Next(100) < 4)
        {
            time.After(TimeSpan.FromMinutes(2), () => panel.GetRequiredService<CancelOrder>().RunAsync(account, order, ct));
        }
        else
        {
            _delivery.Deliver(order, TimeSpan.FromMinutes(6 + (_random.Next(30) * _random.Next(30))), RefillAsync);
        }
    }

    private Task<long?> PlaceAsync(long service, long about) => PlaceAsync(DemoWish.Of(Service(service), new Money(about * Money.UnitsPerOne), _random));

    /// <summary>The order's id; null when the wallet did not suffice, as happens to customers.</summary>
    private async Task<long?> PlaceAsync(OrderParameters parameters) => await _place.RunAsync(account, parameters, ct) switch
    {
        PlaceOrderOutcome.Placed(var order, _) => order,
        PlaceOrderOutcome.Refused(var refusal) when refusal == Tally.Refusal.NotEnoughFunds => null,
        PlaceOrderOutcome.Refused(var refusal) => throw new InvalidOperationException($"The demo's order of service {parameters.Service} was refused: {refusal}."),
        _ => throw new InvalidOperationException("An outcome of no known kind."),
    };

    private async Task SubscribeAsync(long service, long min, long max, int posts, Func<DemoSubscription, Task> then)
    {
        if (await PlaceAsync(DemoWish.Subscription(Service(service), min, max, posts)) is { } order)
        {
            await then(new DemoSubscription(panel, _delivery, time, _random, order, () => ++_lastProviderOrder, ct));
        }
    }

    // The count drops sometimes; the customer asks, and the staff fills up or says why not.
    private Task RefillAsync(Order order)
    {
        if (Service(order.ServiceId).Refill && order.ParentId is null && _random.Next(100) < 22)
        {
            var (days, rejected) = (1 + (_random.NextDouble() * 4), _random.Next(5) == 0);
            time.After(TimeSpan.FromDays(days), async () =>
            {
                if (await panel.GetRequiredService<RefillOrder>().RunAsync(account, order.Id, ct) is Tally.Orders.RefillOutcome.Accepted(var refill))
                {
                    time.After(TimeSpan.FromHours(5), () => panel.GetRequiredService<SettleRefill>().RunAsync(
                        refill, rejected ? RefillStatus.Rejected : RefillStatus.Completed, rejected ? "The count has not dropped" : "Filled up", "demo", ct));
                }
            });
        }

        return Task.CompletedTask;
    }

    private async Task TopUpAsync(long dong)
    {
        var memo = panel.GetRequiredService<PrepareTransfer>().Run(account, new Money(dong * Money.UnitsPerOne))?.Memo
            ?? throw new InvalidOperationException("The demo's bank transfers are not set up.");
        _lastTransfer += _random.Next(3, 90);
        var notice = new SepayNotice(_lastTransfer, Incoming: true, dong, BankAccount, null, $"{memo} chuyen tien", null, null, $"FT{_lastTransfer}", "MBBank", time.Now.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm:ss", null));
        if (await panel.GetRequiredService<ReceiveBankTransfer>().RunAsync(notice, ct) is var outcome && outcome != TransferOutcome.Credited)
        {
            throw new InvalidOperationException($"The demo's transfer {_lastTransfer} ended as {outcome}.");
        }
    }

    private async Task<Money> BalanceAsync() => await panel.GetRequiredService<ReadBalance>().RunAsync(account, ct);

    private Service Service(long id) => _catalog.Current.ById[id];
}
