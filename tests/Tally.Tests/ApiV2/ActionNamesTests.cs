using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class ActionNamesTests
{
    [Theory]
    [InlineData("action=services", nameof(ApiAction.Services))]
    [InlineData("action=add", nameof(ApiAction.Add))]
    [InlineData("action=ADD", nameof(ApiAction.Add))]
    [InlineData("action=+Status+", nameof(ApiAction.Status))]
    [InlineData("action=orders", nameof(ApiAction.MultiStatus))]
    [InlineData("action=Multi_Status", nameof(ApiAction.MultiStatus))]
    [InlineData("action=cancel", nameof(ApiAction.Cancel))]
    [InlineData("action=refill", nameof(ApiAction.Refill))]
    [InlineData("action=refill_status", nameof(ApiAction.RefillStatus))]
    [InlineData("action=balance", nameof(ApiAction.Balance))]
    [InlineData("refill=1", nameof(ApiAction.RefillStatus))]
    [InlineData("refills=1,2", nameof(ApiAction.RefillStatus))]
    [InlineData("action=&refill=1", nameof(ApiAction.RefillStatus))]
    public void The_word_selects_without_regard_to_case(string body, string action)
    {
        ActionNames.TryRead(Requests.ReadForm(body), out var read).ShouldBeTrue();
        read.ToString().ShouldBe(action);
    }

    [Theory]
    [InlineData("")]
    [InlineData("action=")]
    [InlineData("action=&order=1")]
    [InlineData("order=1")]
    [InlineData("refill=")]
    [InlineData("action=delete&refill=1")]
    [InlineData("action=refill status")]
    public void Anything_else_is_no_action(string body) => ActionNames.TryRead(Requests.ReadForm(body), out _).ShouldBeFalse();

    [Fact]
    public void Only_add_cancel_and_refill_need_a_key_that_may_order() =>
        Enum.GetValues<ApiAction>().Where(a => a.Changes()).ShouldBe([ApiAction.Add, ApiAction.Cancel, ApiAction.Refill]);
}
