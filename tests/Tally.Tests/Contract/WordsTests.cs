using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

public sealed class WordsTests
{
    [Theory]
    [InlineData("Pending", OrderWord.Pending)]
    [InlineData("PROCESSING", OrderWord.Processing)]
    [InlineData("In progress", OrderWord.InProgress)]
    [InlineData("inprogress", OrderWord.InProgress)]
    [InlineData("in_progress", OrderWord.InProgress)]
    [InlineData("In-Progress", OrderWord.InProgress)]
    [InlineData(" In  Progress\n", OrderWord.InProgress)]
    [InlineData("completed", OrderWord.Completed)]
    [InlineData("Partial", OrderWord.Partial)]
    [InlineData("Canceled", OrderWord.Canceled)]
    [InlineData("Cancelled", OrderWord.Canceled)]
    [InlineData("active", OrderWord.Active)]
    [InlineData("Paused", OrderWord.Paused)]
    [InlineData("Expired", OrderWord.Expired)]
    public void A_status_is_read_without_regard_to_its_spelling(string text, OrderWord word)
    {
        OrderStatusWords.TryRead(text, out var read).ShouldBeTrue();
        read.ShouldBe(word);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" _- ")]
    [InlineData("Complete")]
    [InlineData("Partially completed")]
    [InlineData("Refunded")]
    [InlineData("Unknown")]
    [InlineData("1")]
    [InlineData("Completed!")]
    public void Any_other_status_is_unknown(string? text)
    {
        OrderStatusWords.TryRead(text, out var read).ShouldBeFalse();
        read.ShouldBe(OrderWord.Unknown);
    }

    [Fact]
    public void Every_status_word_is_written_as_it_is_read()
    {
        foreach (var word in Enum.GetValues<OrderWord>().Where(w => w != OrderWord.Unknown))
        {
            OrderStatusWords.TryRead(OrderStatusWords.TextOf(word), out var read).ShouldBeTrue();
            read.ShouldBe(word);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => OrderStatusWords.TextOf(OrderWord.Unknown));
    }

    [Theory]
    [InlineData("pending", RefillWord.Pending)]
    [InlineData("IN PROGRESS", RefillWord.InProgress)]
    [InlineData("Completed", RefillWord.Completed)]
    [InlineData("Rejected", RefillWord.Rejected)]
    [InlineData("error", RefillWord.Error)]
    [InlineData("Awaiting", RefillWord.Unknown)]
    [InlineData(null, RefillWord.Unknown)]
    public void A_refill_status_is_read_without_regard_to_its_spelling(string? text, RefillWord word)
    {
        RefillStatusWords.TryRead(text, out var read).ShouldBe(word != RefillWord.Unknown);
        read.ShouldBe(word);
    }

    [Fact]
    public void There_are_seventeen_types_and_three_are_priced_by_the_piece()
    {
        ServiceTypeNames.All.Select(t => t.Name).Distinct().Count().ShouldBe(17);
        ServiceTypeNames.All.Where(t => t.RatePer == 1).Select(t => t.Name).ShouldBe(["Package", "Custom Comments Package", "Subscriptions"], ignoreOrder: true);
        ServiceTypeNames.All.Where(t => t.RatePer != 1).ShouldAllBe(t => t.RatePer == 1000);
        ServiceTypeNames.All.ShouldAllBe(t => ServiceTypeNames.Find(t.Name) == t);
    }

    [Theory]
    [InlineData("default", "Default")]
    [InlineData("custom_comments", "Custom Comments")]
    [InlineData("Custom Comment", "Custom Comments")]
    [InlineData("custom-comments-package", "Custom Comments Package")]
    [InlineData("MENTIONS WITH HASHTAGS", "Mentions with Hashtags")]
    [InlineData("mentions_hashtag", "Mentions Hashtag")]
    [InlineData("seo", "SEO")]
    [InlineData("Subscription", "Subscriptions")]
    [InlineData("web traffic", "Web Traffic")]
    public void A_type_is_found_without_regard_to_its_spelling(string text, string name) => ServiceTypeNames.Find(text).ShouldNotBeNull().Name.ShouldBe(name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Likes")]
    [InlineData("Mentions Hashtags")]
    public void Any_other_type_is_not_found(string? text) => ServiceTypeNames.Find(text).ShouldBeNull();

    [Theory]
    [InlineData("Not enough funds on balance", ApiErrorCodes.NotEnoughFunds)]
    [InlineData("INSUFFICIENT FUNDS.", ApiErrorCodes.NotEnoughFunds)]
    [InlineData("Quantity less than minimal 200", ApiErrorCodes.MinQuantity)]
    [InlineData("Too many requests, slow down", ApiErrorCodes.RateLimited)]
    [InlineData("error: Invalid API key", ApiErrorCodes.InvalidKey)]
    [InlineData("neworder.error.link_duplicate", null)]
    public void An_error_without_a_code_is_understood_by_its_words(string text, string? code)
    {
        new ApiError(text).LikelyCode.ShouldBe(code);
        new ApiError(text, "their_own").LikelyCode.ShouldBe("their_own");
    }
}
