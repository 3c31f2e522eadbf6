using CsCheck;
using Shouldly;
using Tally.Contract;
using Tally.Ledger;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Providers;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>What the workers make of what they hear, without a store or a wire.</summary>
public sealed class WorkerDecisionTests
{
    private static readonly Order Sent = new() { Id = 5, Status = OrderStatus.Processing, SendState = SendState.Sent, ProviderOrder = "9", Quantity = 100, Remains = 100, Charge = 500 };

    [Fact]
    public void The_shares_of_a_drip_feed_are_equal_and_the_last_takes_the_remainder()
    {
        Gen.Select(Gen.Long[0, 1_000_000_000_000], Gen.Int[2, 1_000]).Sample((charge, runs) =>
        {
            var shares = Enumerable.Range(1, runs).Select(run => DripfeedRuns.Share(new Money(charge), runs, run).Units).ToList();
            shares.Sum().ShouldBe(charge);
            shares.SkipLast(1).ShouldAllBe(share => share == charge / runs);
            shares[^1].ShouldBeInRange(charge / runs, (charge / runs) + runs - 1);
        });
    }

    [Theory]
    [InlineData("", false, OrderStatus.Pending, 300)]
    [InlineData("p100", false, OrderStatus.InProgress, 300)]
    [InlineData("c0", false, OrderStatus.InProgress, 200)]
    [InlineData("c0 i40", false, OrderStatus.InProgress, 140)]
    [InlineData("c0 c0 i40", true, OrderStatus.InProgress, 40)]
    [InlineData("c0 c0 c0", true, OrderStatus.Completed, 0)]
    [InlineData("c0 r30 c0", true, OrderStatus.Partial, 30)]
    [InlineData("x100 x100 x100", true, OrderStatus.Canceled, 300)]
    [InlineData("x60 x100 x100", true, OrderStatus.Canceled, 260)]
    [InlineData("c0 x100 c0", true, OrderStatus.Partial, 100)]
    public void A_drip_feed_stands_where_its_runs_do(string runs, bool last, OrderStatus status, long remains)
    {
        var parent = new Order { Id = 1, Runs = 3, Quantity = 300, Remains = 300, IntervalMinutes = 60 };
        var change = DripfeedRuns.Progress(parent, Runs(runs), last);
        (change.Order, change.Status, change.Remains).ShouldBe((1, status, remains));
    }

    [Theory]
    [InlineData("", OrderStatus.Canceled, 300)]
    [InlineData("c0", OrderStatus.Partial, 200)]
    [InlineData("i50", OrderStatus.InProgress, 250)]
    [InlineData("x100", OrderStatus.Canceled, 300)]
    public void A_drip_feed_that_was_stopped_ends_with_the_runs_it_had(string runs, OrderStatus status, long remains)
    {
        var parent = new Order { Id = 1, Runs = 3, Quantity = 300, Remains = 300, IntervalMinutes = 60, Stopped = true };
        var change = DripfeedRuns.Progress(parent, Runs(runs), last: true);
        (change.Status, change.Remains).ShouldBe((status, remains));
    }

    [Fact]
    public void A_drip_feed_began_where_its_first_run_did()
    {
        var runs = new List<DripfeedRuns.RunState>
        {
            new() { Run = 2, Status = OrderStatus.InProgress, Quantity = 100, Remains = 100, StartCount = 900 },
            new() { Run = 1, Status = OrderStatus.Completed, Quantity = 100, StartCount = 800 },
        };
        DripfeedRuns.Progress(new Order { Id = 1, Runs = 3, Quantity = 300 }, runs, last: false).StartCount.ShouldBe(800);
    }

    [Fact]
    public void An_answer_to_add_is_definite_or_leaves_the_order_unconfirmed()
    {
        SendOutcome.Of(new ApiResult<long>.Answered(42)).ShouldBe(new SendOutcome.Taken("42"));
        SendOutcome.Of(new ApiResult<long>.NotSent("no route")).ShouldBe(new SendOutcome.Later("no route"));
        foreach (var reason in Enum.GetValues<UnclearReason>())
        {
            SendOutcome.Of(new ApiResult<long>.Unclear(reason, "what", 200)).ShouldBe(new SendOutcome.Unconfirmed("what"));
        }
    }

    [Theory]
    [InlineData("Bad link", null, 200, typeof(SendOutcome.Refused))]
    [InlineData("Quantity less than minimal 10", null, 200, typeof(SendOutcome.Refused))]
    [InlineData("Some words that nobody knows", null, 400, typeof(SendOutcome.Refused))]
    [InlineData("Not enough funds on balance", null, 200, typeof(SendOutcome.Pauses))]
    [InlineData("Insufficient balance", null, 200, typeof(SendOutcome.Pauses))]
    [InlineData("Số dư không đủ", "not_enough_funds", 200, typeof(SendOutcome.Pauses))]
    [InlineData("Invalid API key", null, 200, typeof(SendOutcome.Pauses))]
    [InlineData("IP address is not allowed", null, 403, typeof(SendOutcome.Pauses))]
    [InlineData("Rate limit exceeded", null, 200, typeof(SendOutcome.Later))]
    [InlineData("Slow down", null, 429, typeof(SendOutcome.Later))]
    [InlineData("Service temporarily unavailable", "unavailable", 200, typeof(SendOutcome.Later))]
    public void A_refusal_is_told_apart_by_its_code_or_its_words(string words, string? code, int http, Type kind)
    {
        var outcome = SendOutcome.Of(new ApiResult<long>.Refused(new ApiError(words, code)) { HttpStatus = http });
        outcome.ShouldBeOfType(kind);
        outcome.ToString().ShouldContain(words);
    }

    [Fact]
    public void A_refusal_that_names_an_order_leaves_it_to_the_operator()
    {
        SendOutcome.Of(new ApiResult<long>.Refused(new ApiError("used already", ApiErrorCodes.ReferenceConflict, Order: 4))).ShouldBe(new SendOutcome.Unconfirmed("used already", ForOperator: true));
        SendOutcome.Of(new ApiResult<long>.Refused(new ApiError("exists", Order: 4))).ShouldBe(new SendOutcome.Unconfirmed("exists", ForOperator: true));
    }

    [Theory]
    [InlineData(OrderWord.Pending, OrderStatus.Pending)]
    [InlineData(OrderWord.Processing, OrderStatus.Processing)]
    [InlineData(OrderWord.InProgress, OrderStatus.InProgress)]
    [InlineData(OrderWord.Completed, OrderStatus.Completed)]
    [InlineData(OrderWord.Partial, OrderStatus.Partial)]
    [InlineData(OrderWord.Canceled, OrderStatus.Canceled)]
    [InlineData(OrderWord.Active, OrderStatus.Active)]
    [InlineData(OrderWord.Paused, OrderStatus.Paused)]
    [InlineData(OrderWord.Expired, OrderStatus.Expired)]
    public void A_status_that_can_be_read_is_applied_with_its_counters(OrderWord word, OrderStatus status)
    {
        var state = new OrderState { Status = word, StatusText = "x", StartCount = 7, Remains = 30, Charge = 1.000001m };
        var answer = Answer(new ApiResult<OrderState>.Answered(state));
        answer.Change.ShouldBe(new OrderChange(5, ChangedBy.Sync, status, 7, 30, Money.Parse("1.00001"), Of: "9"));
        answer.Unusable.ShouldBeNull();
    }

    [Fact]
    public void An_answer_that_proves_nothing_changes_nothing()
    {
        var nothing = new OrderChange(5, ChangedBy.Sync, Of: "9");
        Unusable(null).ShouldBe((nothing, "missing"));
        Unusable(new ApiResult<OrderState>.Unclear(UnclearReason.Unreadable, "x", 200)).ShouldBe((nothing, "unreadable"));
        Unusable(new ApiResult<OrderState>.Refused(new ApiError("Incorrect order ID"))).ShouldBe((nothing with { Note = "Incorrect order ID" }, "error"));
        Unusable(new ApiResult<OrderState>.Answered(new OrderState { Status = OrderWord.Unknown, StatusText = "Awaiting", Remains = 0, Charge = 3m })).ShouldBe((nothing, "unknown"));
        Unusable(new ApiResult<OrderState>.Answered(new OrderState { Status = OrderWord.Partial, StatusText = "Partial", Charge = 3m })).ShouldBe((nothing, "unreadable"));
        Answer(new ApiResult<OrderState>.Answered(new OrderState { Status = OrderWord.Partial, StatusText = "Partial" }), Sent with { Status = OrderStatus.Partial }).Unusable.ShouldBeNull("its remains are known");

        (OrderChange, string?) Unusable(ApiResult<OrderState>? answer) => (Answer(answer).Change, Answer(answer).Unusable);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void A_cost_that_cannot_be_is_not_booked(string charge)
    {
        var state = new OrderState { Status = OrderWord.Completed, StatusText = "x", Charge = decimal.Parse(charge, System.Globalization.CultureInfo.InvariantCulture) };
        Answer(new ApiResult<OrderState>.Answered(state)).Change.Cost.ShouldBeNull();
    }

    private static StatusAnswer Answer(ApiResult<OrderState>? answer, Order? order = null) =>
        StatusAnswer.Of(order ?? Sent, answer, new Provider(1, "p", new Uri("http://p.invalid"), "k", false, false, null, 1).ToPanel);

    // c0 = completed with 0 remaining, p pending, i in progress, r partial, x canceled.
    private static List<DripfeedRuns.RunState> Runs(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, at) => new DripfeedRuns.RunState
    {
        Run = at + 1,
        Quantity = 100,
        Remains = long.Parse(word[1..], System.Globalization.CultureInfo.InvariantCulture),
        Status = word[0] switch
        {
            'p' => OrderStatus.Pending, 'i' => OrderStatus.InProgress, 'c' => OrderStatus.Completed, 'r' => OrderStatus.Partial, 'x' => OrderStatus.Canceled,
            _ => throw new ArgumentException(word, nameof(text)),
        },
    })];
}
