using System.Diagnostics;
using Shouldly;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class RequestIdsTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData(" 7 ", 7)]
    [InlineData("007", 7)]
    [InlineData("2147483647", 2147483647)]
    [InlineData("00000000000000000000000000000000000000000001", 1)]
    public void A_positive_number_of_31_bits_is_an_id(string text, long number)
    {
        var id = RequestedId.Of(text);
        (id.IsId, id.Number).ShouldBe((true, number));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("000", "0")]
    [InlineData("2147483648", "\"2147483648\"")]
    [InlineData("99999999999999999999999999", "\"99999999999999999999999999\"")]
    [InlineData("-1", "\"-1\"")]
    [InlineData("+1", "\"+1\"")]
    [InlineData("1.0", "\"1.0\"")]
    [InlineData("1e2", "\"1e2\"")]
    [InlineData("0x10", "\"0x10\"")]
    [InlineData("1 2", "\"1 2\"")]
    [InlineData("١", "\"١\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("", "\"\"")]
    public void Anything_else_is_no_id_and_is_echoed_as_it_was(string text, string echo)
    {
        var id = RequestedId.Of(text);
        id.IsId.ShouldBeFalse();
        Requests.Written(id.Write).ShouldBe(echo);
    }

    [Fact]
    public void In_arrays_an_id_is_echoed_as_an_integer() => Requests.Written(RequestedId.Of("007").Write).ShouldBe("7");

    [Fact]
    public void Spaces_and_empty_items_are_tolerated_and_equal_texts_count_once()
    {
        RequestIds.Read(" 7, ,07,,abc ,7 ,\n9\r\n,", Parameter.Orders, out var ids).ShouldBeNull();
        ids.Select(i => i.Text).ShouldBe(["7", "07", "abc", "9"]);
        ids.Numbers().ShouldBe([7, 9]);
        ids.OncePerNumber().Select(i => i.Text).ShouldBe(["7", "abc", "9"]);
    }

    [Fact]
    public void Bad_ids_are_each_their_own()
    {
        RequestIds.Read("a,b,-1", Parameter.Orders, out var ids).ShouldBeNull();
        ids.OncePerNumber().Select(i => i.Text).ShouldBe(["a", "b", "-1"]);
        ids.Numbers().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(",")]
    [InlineData(" , ,")]
    [InlineData("   ")]
    public void A_list_without_items_is_refused(string list) =>
        RequestIds.Read(list, Parameter.Refills, out _).ShouldBe(Refusal.IncorrectRequest("refills: required"));

    [Fact]
    public void A_hundred_different_ids_are_taken_and_one_more_is_refused_with_the_limit_named()
    {
        var hundred = string.Join(',', Enumerable.Range(1, 100)) + ",1, 2,100";
        RequestIds.Read(hundred, Parameter.Orders, out var ids).ShouldBeNull();
        ids.Count.ShouldBe(100);
        RequestIds.Read(hundred + ",101", Parameter.Orders, out _).ShouldBe(Refusal.IncorrectRequest("orders: at most 100 ids in one request"));
    }

    [Fact]
    public void A_list_as_long_as_a_body_costs_little()
    {
        var watch = Stopwatch.StartNew();
        var same = string.Concat(Enumerable.Repeat("7,", 500_000));
        RequestIds.Read(same, Parameter.Orders, out var ids).ShouldBeNull();
        ids.Count.ShouldBe(1);
        RequestIds.Read(string.Join(',', Enumerable.Range(1, 150_000)), Parameter.Orders, out _).ShouldNotBeNull();
        RequestIds.Read(new string(',', 1_000_000), Parameter.Orders, out _).ShouldNotBeNull();
        RequestIds.Read(new string('9', 1_000_000), Parameter.Orders, out _).ShouldBeNull();
        watch.Elapsed.ShouldBeLessThan(Requests.LinearTime);
    }
}
