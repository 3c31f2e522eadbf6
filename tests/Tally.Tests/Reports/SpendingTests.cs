using CsCheck;
using Shouldly;
using Tally.Ledger;
using Tally.Platform.Db;
using Tally.Reports;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Reports;

/// <summary>Spent is charges less refunds by the day of the movement, and adds up with the wallet's statement whatever was rolled up before.</summary>
public sealed class SpendingTests
{
    private const long DayMs = 24 * 60 * 60 * 1000;
    private static readonly TimeZoneInfo[] Zones = [.. new[] { "UTC", "Asia/Ho_Chi_Minh", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati" }.Select(TimeZoneInfo.FindSystemTimeZoneById)];

    [Theory, BothStores]
    public async Task The_days_add_up_with_the_statement_however_often_and_by_however_many_they_are_read(StoreKind kind)
    {
        var clock = new MovableClock();
        clock.Stop();
        await using var panel = await TestPanel.StartAsync(kind, clock, balance: "0");
        var (random, order) = (new Random(7), 0L);
        foreach (var entries in (int[])[0, 3, 40, 700, 20, 1_300, 499, 1, 2, 600])
        {
            order = await MoveAsync(panel, random, order, entries, clock.GetUtcNow().ToUnixTimeMilliseconds());
            await AgreesAsync(panel, clock);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AgreesAsync(panel, clock)));
            clock.Move(TimeSpan.FromHours(random.Next(1, 40)));
        }

        (await panel.VerifyAsync()).Ledger.FirstFault.ShouldBeNull(); // these movements have no orders
    }

    [Theory, BothStores]
    public async Task Another_accounts_movements_and_payments_are_not_spending(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var other = await panel.OpenAccountAsync("other@example.com", "500");
        var spent = await panel.Get<ReadSpending>().RunAsync(other.Id, TimeZoneInfo.Utc, 30, CancellationToken.None);
        spent.Count.ShouldBe(30);
        spent.ShouldAllBe(d => d.Charged == Money.Zero && d.Refunded == Money.Zero);
    }

    [Theory, BothStores]
    public async Task A_real_order_counts_when_it_is_charged_and_again_when_it_is_paid_back(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        var service = await panel.AddServiceAsync(rate: "1000");
        var order = await panel.AddAsync(("service", $"{service.Id}"), ("link", "https://example.com/x"), ("quantity", "100"));
        clock.Move(TimeSpan.FromDays(2));
        await panel.SettleAsync(order, Tally.Orders.OrderStatus.Partial, remains: 25);
        var days = await panel.Get<ReadSpending>().RunAsync(panel.Customer.Id, TimeZoneInfo.Utc, 3, CancellationToken.None);
        days.Select(d => d.Spent).ShouldBe([Money.Parse("100"), Money.Zero, Money.Parse("-25")]);
    }

    [Fact]
    public void Slots_belong_to_the_day_that_they_begin_in_where_the_asker_is() =>
        Gen.Select(Gen.Int[0, Zones.Length - 1].Select(i => Zones[i]), Gen.Long[0, 120 * 96], Gen.Int[1, 60]).Sample((zone, ago, days) =>
        {
            var now = new DateTimeOffset(2026, 11, 25, 19, 0, 0, TimeSpan.Zero);
            var slot = (now.ToUnixTimeMilliseconds() / SpendingSlots.SlotMs) - ago;
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
            var at = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(slot * SpendingSlots.SlotMs), zone).DateTime);
            var sums = ReadSpending.Days([new SpendingSlot(slot, new Money(5), new Money(2))], zone, today, days);
            sums.Count.ShouldBe(days);
            sums[^1].Day.ShouldBe(today);
            sums.Where(d => d.Spent == new Money(3)).Select(d => d.Day).ShouldBe(at >= today.AddDays(1 - days) ? [at] : []);
        });

    private static async Task AgreesAsync(TestPanel panel, TimeProvider clock)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        var entries = await panel.Get<GeneralLedger>().StatementAsync(connection, panel.Customer.Id, long.MaxValue, GeneralLedger.MaxStatementPage, CancellationToken.None);
        foreach (var zone in Zones)
        {
            var days = await panel.Get<ReadSpending>().RunAsync(panel.Customer.Id, zone, ReadSpending.MostDays, CancellationToken.None);
            foreach (var day in days)
            {
                var ofDay = entries.Where(e => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(e.CreatedAtMs), zone).DateTime) == day.Day).ToList();
                day.Charged.Units.ShouldBe(-ofDay.Where(e => e.Key.Reason == Reason.Charge).Sum(e => e.Amount.Units), $"{zone.Id} {day.Day}");
                day.Refunded.Units.ShouldBe(ofDay.Where(e => e.Key.Reason == Reason.Refund).Sum(e => e.Amount.Units), $"{zone.Id} {day.Day}");
            }

            days[^1].Day.ShouldBe(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime));
        }
    }

    // Entries of all kinds, up to 70 days old and not in order of time: clocks of nodes differ.
    private static async Task<long> MoveAsync(TestPanel panel, Random random, long order, int entries, long nowMs)
    {
        var (ledger, wallet) = (panel.Get<GeneralLedger>(), LedgerAccount.Wallet(panel.Customer.Id));
        await panel.Get<Database>().WriteAsync(
            async tx =>
            {
                var batch = await ledger.OpenBatchAsync(tx.Transaction, [panel.Customer.Id], [], [], CancellationToken.None);
                for (var i = 0; i < entries; i++)
                {
                    var (at, amount) = (nowMs - (long)(random.NextDouble() * 70 * DayMs), new Money(random.Next(1, 5_000_000)));
                    var transfer = random.Next(4) == 0 || order == 0
                        ? new Transfer(new TransferKey(++order, Reason.Adjustment, 1), LedgerAccount.Adjustments, wallet, new Money(amount.Units * 10), at)
                        : new Transfer(new TransferKey(++order, Reason.Charge, 1), wallet, LedgerAccount.Held, amount, at);
                    if (batch.TryPost(transfer) == PostOutcome.Posted && transfer.Key.Reason == Reason.Charge && random.Next(3) == 0)
                    {
                        batch.TryPost(new Transfer(new TransferKey(order, Reason.Refund, 1), LedgerAccount.Held, wallet, new Money(1 + (amount.Units / 2)), at + random.Next((int)(nowMs - at + 1 > int.MaxValue ? int.MaxValue : nowMs - at + 1)))).ShouldBe(PostOutcome.Posted);
                    }
                }

                await batch.FlushAsync(CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        return order;
    }
}
