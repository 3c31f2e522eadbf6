using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>Each action against a server on the wire, with the very answer of the specification.</summary>
public sealed class ActionTests
{
    private static async Task<ApiResult<T>> AskAsync<T>(string json, Func<ApiV2Client, Task<ApiResult<T>>> ask)
    {
        await using var panel = await KestrelPanel.StartAsync(json);
        return await ask(panel.Client());
    }

    [Fact]
    public async Task Services_come_with_all_their_fields()
    {
        var list = (await AskAsync(
            """
            [ { "service": 1, "name": "Facebook cảm xúc Like 👍 Việt 🇻🇳", "desc": "Like chất lượng cao", "type": "Default", "category": "⭐ FB Like", "platform": "Dịch vụ Facebook",
                "rate": "15000", "min": "200", "max": "10000", "refill": true, "cancel": false, "dripfeed": false },
              { "service": 2, "name": "Bình luận", "desc": "", "type": "Custom Comments", "category": "FB Bình luận", "platform": "Dịch vụ Facebook",
                "rate": "57500", "min": "10", "max": "1500", "refill": false, "cancel": true, "dripfeed": true } ]
            """,
            c => c.ServicesAsync())).Value();

        list.Unreadable.ShouldBeEmpty();
        list.Services.ShouldBe(
        [
            new ServiceInfo
            {
                Service = "1", Name = "Facebook cảm xúc Like 👍 Việt 🇻🇳", Description = "Like chất lượng cao", Type = "Default", Category = "⭐ FB Like", Platform = "Dịch vụ Facebook",
                Rate = 15000m, Min = 200, Max = 10000, Refill = true,
            },
            new ServiceInfo
            {
                Service = "2", Name = "Bình luận", Type = "Custom Comments", Category = "FB Bình luận", Platform = "Dịch vụ Facebook", Rate = 57500m, Min = 10, Max = 1500, Cancel = true,
                DripFeed = true,
            },
        ]);
    }

    [Fact]
    public async Task Add_answers_the_order() =>
        (await AskAsync("""{ "order": 23501 }""", c => c.AddAsync(new AddOrder { Service = "1" }))).ShouldBe(new ApiResult<long>.Answered(23501));

    [Fact]
    public async Task Status_of_one_answers_its_state() =>
        (await AskAsync("""{ "charge": "0.27819", "start_count": "3572", "status": "Completed", "remains": "157", "currency": "USD" }""", c => c.StatusAsync(23501)))
        .Value().ShouldBe(new OrderState { Status = OrderWord.Completed, StatusText = "Completed", Charge = 0.27819m, StartCount = 3572, Remains = 157, Currency = "USD" });

    [Fact]
    public async Task Status_of_many_answers_each_by_itself()
    {
        var items = (await AskAsync(
            """
            { "123": { "charge": "0.27819", "start_count": "3572", "status": "Partial", "remains": "157" }, "456": { "error": "Incorrect order ID" },
              "789": { "charge": "1.44219", "start_count": "234", "status": "In progress", "remains": "10" } }
            """,
            c => c.StatusesAsync(["123", "456", "789", "999"]))).Value();

        items.Keys.ShouldBe(["123", "456", "789"], ignoreOrder: true);
        items["123"].Value().ShouldBe(new OrderState { Status = OrderWord.Partial, StatusText = "Partial", Charge = 0.27819m, StartCount = 3572, Remains = 157 });
        items["456"].Error().ShouldBe(new ApiError("Incorrect order ID"));
        items["789"].Value().Status.ShouldBe(OrderWord.InProgress);
    }

    [Fact]
    public async Task Cancel_answers_each_order()
    {
        var items = (await AskAsync("""[ { "order": 9, "cancel": { "error": "Incorrect order ID" } }, { "order": 2, "cancel": 1 } ]""", c => c.CancelAsync(["9", "2"]))).Value();
        items["9"].Error().Text.ShouldBe("Incorrect order ID");
        items["2"].ShouldBe(new ApiResult<bool>.Answered(true));
    }

    [Fact]
    public async Task Refill_of_one_answers_its_id() => (await AskAsync("""{ "refill": "1" }""", c => c.RefillAsync("5"))).ShouldBe(new ApiResult<string>.Answered("1"));

    [Fact]
    public async Task Refill_of_many_answers_each_order()
    {
        var items = (await AskAsync(
            """[ { "order": 1, "refill": 1 }, { "order": 2, "refill": 2 }, { "order": 3, "refill": { "error": "Incorrect order ID" } } ]""", c => c.RefillsAsync(["1", "2", "3"]))).Value();
        items["1"].Value().ShouldBe("1");
        items["2"].Value().ShouldBe("2");
        items["3"].Error().Text.ShouldBe("Incorrect order ID");
    }

    [Fact]
    public async Task Refill_status_of_one_answers_its_word() =>
        (await AskAsync("""{ "status": "Completed" }""", c => c.RefillStatusAsync("1"))).Value().ShouldBe(new RefillState(RefillWord.Completed, "Completed"));

    [Fact]
    public async Task Refill_status_of_many_answers_each_refill()
    {
        var items = (await AskAsync(
            """[ { "refill": 1, "status": "Completed" }, { "refill": 2, "status": "Rejected" }, { "refill": 3, "status": { "error": "Refill not found" } } ]""",
            c => c.RefillStatusesAsync(["1", "2", "3"]))).Value();
        items["1"].Value().Status.ShouldBe(RefillWord.Completed);
        items["2"].Value().Status.ShouldBe(RefillWord.Rejected);
        items["3"].Error().LikelyCode.ShouldBe(ApiErrorCodes.RefillNotFound);
    }

    [Fact]
    public async Task Balance_answers_money_and_currency() =>
        (await AskAsync("""{ "balance": "100.84292", "currency": "USD" }""", c => c.BalanceAsync())).Value().ShouldBe(new Balance(100.84292m, "USD"));

    [Fact]
    public async Task An_error_of_the_panel_is_a_refusal_with_all_its_data()
    {
        var result = await AskAsync(
            """{"error":"order_reference was already used with other parameters","code":"reference_conflict","detail":"quantity","order":23501}""",
            c => c.AddAsync(new AddOrder { Service = "1", OrderReference = "r" }));
        result.Error().ShouldBe(new ApiError("order_reference was already used with other parameters", "reference_conflict", "quantity", 23501));
    }
}
