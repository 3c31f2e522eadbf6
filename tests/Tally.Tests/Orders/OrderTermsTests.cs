using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.Orders;

public sealed class OrderTermsTests
{
    public static TheoryData<ServiceType> Types => [.. Enum.GetValues<ServiceType>()];

    [Theory, MemberData(nameof(Types))]
    public void Each_type_is_read_from_just_what_the_contract_requires(ServiceType type)
    {
        var terms = Asked.Terms(type, Asked.For(type));
        terms.Type.ShouldBe(type);
        terms.Link.ShouldBe(type == ServiceType.Subscriptions ? "" : Asked.Link);
        terms.Quantity.ShouldBe(type switch
        {
            ServiceType.Package or ServiceType.CustomCommentsPackage => 1,
            ServiceType.CustomComments or ServiceType.CommentReplies => 3,
            ServiceType.MentionsCustomList => 2,
            ServiceType.Subscriptions => 0,
            _ => 100,
        });
        (terms.Runs, terms.IntervalMinutes, terms.Reference).ShouldBe((0, 0, null));
    }

    [Theory, MemberData(nameof(Types))]
    public void Each_required_parameter_but_the_link_is_missed_by_its_name(ServiceType type)
    {
        foreach (var (name, _) in Asked.Required(type).Where(p => p.Name != "link"))
        {
            foreach (var nothing in new[] { null, "", "  " })
            {
                OrderTerms.TryRead(TypeRules.Of(type), Asked.For(type, (name, nothing)), out _, out var refusal).ShouldBeFalse($"{type} without {name}");
                refusal.ShouldBe(Refusal.IncorrectRequest($"{name}: required"));
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void What_a_type_does_not_use_is_ignored_whatever_it_is(ServiceType type)
    {
        var unused = new[] { "comments", "usernames", "hashtags", "hashtag", "media", "answer_number", "groups", "country", "posts", "expiry", "delay", "min" }
            .Where(name => !Array.Exists(TypeRules.Of(type).Own, o => o.Name == name));
        var plain = Asked.Terms(type, Asked.For(type));
        var more = Asked.For(type, [.. unused.Select(name => (name, (string?)"99/99/2000"))]);
        Asked.Terms(type, more).Hash.ShouldBe(plain.Hash);
        Asked.Terms(type, more).Own.ShouldBe(plain.Own);
        if (TypeRules.Of(type).Quantity != QuantitySource.Parameter)
        {
            var read = Asked.Terms(type, Asked.For(type, ("quantity", "many")));
            (read.Quantity, read.Hash).ShouldBe((plain.Quantity, plain.Hash));
        }
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("  5  ", 5)]
    [InlineData("0005", 5)]
    [InlineData("0", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", long.MaxValue)]
    [InlineData("99999999999999999999999999999999999999999999999999", long.MaxValue)]
    public void A_number_is_ascii_digits(string text, long number)
    {
        OrderTerms.TryReadNumber(text, out var read).ShouldBeTrue();
        read.ShouldBe(number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-5")]
    [InlineData("+5")]
    [InlineData("5.0")]
    [InlineData("5,000")]
    [InlineData("5e2")]
    [InlineData("0x5")]
    [InlineData("5 0")]
    [InlineData("\t5")]
    [InlineData("٥")]
    [InlineData("５")]
    public void Anything_else_is_no_number(string? text)
    {
        OrderTerms.TryReadNumber(text, out _).ShouldBeFalse();
        OrderTerms.TryRead(TypeRules.Of(ServiceType.Default), Asked.For(ServiceType.Default, ("quantity", text)), out _, out var refusal).ShouldBeFalse();
        refusal.Code.ShouldBe("incorrect_request");
        refusal.Detail!.ShouldStartWith("quantity:");
    }

    [Theory]
    [InlineData("a\nb\nc", 3)]
    [InlineData("a\r\nb\rc", 3)]
    [InlineData("\n a \n\n \r\n b\n", 2)]
    [InlineData("a,b", 1)]
    [InlineData("một 👍\nhai", 2)]
    public void A_list_has_one_item_a_line_and_empty_lines_are_none(string comments, long count)
    {
        var terms = Asked.Terms(ServiceType.CustomComments, Asked.For(ServiceType.CustomComments, ("comments", comments)));
        terms.Quantity.ShouldBe(count);
        terms.OwnText("comments").Split('\n').Length.ShouldBe((int)count);
    }

    [Fact]
    public void Keywords_may_be_parted_by_commas_and_are_stored_one_a_line()
    {
        var terms = Asked.Terms(ServiceType.Seo, Asked.For(ServiceType.Seo, ("keywords", " red shoes , boots,\r\n,hats ")));
        terms.OwnText("keywords").ShouldBe("red shoes\nboots\nhats");
        OrderDetails.Read(terms.Details())["keywords"].ShouldBe("red shoes\nboots\nhats");
    }

    [Theory]
    [InlineData(null, null, 0, 0)]
    [InlineData("0", "5", 0, 0)]
    [InlineData("1", "nonsense", 0, 0)]
    [InlineData("2", null, 2, 60)]
    [InlineData("2", " ", 2, 60)]
    [InlineData(" 03 ", "005", 3, 5)]
    [InlineData("1000", "44640", 1000, 44_640)]
    public void Two_runs_or_more_make_a_drip_feed(string? runs, string? interval, int wantedRuns, int wantedInterval)
    {
        var terms = Asked.Terms(ServiceType.Default, Asked.For(ServiceType.Default, ("runs", runs), ("interval", interval)));
        (terms.Runs, terms.IntervalMinutes).ShouldBe((wantedRuns, wantedInterval));
    }

    [Theory]
    [InlineData("1001", null, "runs")]
    [InlineData("-2", null, "runs")]
    [InlineData("two", null, "runs")]
    [InlineData("2", "0", "interval")]
    [InlineData("2", "1.5", "interval")]
    [InlineData("2", "44641", "interval")]
    public void Runs_and_intervals_out_of_range_are_named(string runs, string? interval, string named)
    {
        OrderTerms.TryRead(TypeRules.Of(ServiceType.Default), Asked.For(ServiceType.Default, ("runs", runs), ("interval", interval)), out _, out var refusal).ShouldBeFalse();
        refusal.Detail!.ShouldStartWith(named + ":");
    }

    [Theory]
    [InlineData("delay", "25")]
    [InlineData("delay", "601")]
    [InlineData("delay", "-5")]
    [InlineData("expiry", "31/02/2030")]
    [InlineData("expiry", "2030-01-31")]
    [InlineData("expiry", "soon")]
    [InlineData("min", "ten")]
    [InlineData("posts", "-1")]
    public void A_subscription_with_an_odd_value_is_refused_by_its_name(string name, string value)
    {
        OrderTerms.TryRead(TypeRules.Of(ServiceType.Subscriptions), Asked.For(ServiceType.Subscriptions, (name, value)), out _, out var refusal).ShouldBeFalse();
        refusal.Code.ShouldBe("incorrect_request");
        refusal.Detail!.ShouldStartWith(name + ":");
    }

    [Fact]
    public void A_subscriptions_values_are_stored_in_one_form()
    {
        var terms = Asked.Terms(ServiceType.Subscriptions, Asked.For(ServiceType.Subscriptions, ("expiry", "1/2/2030"), ("posts", " 007 "), ("old_posts", "0"), ("delay", "005")));
        terms.Own.ShouldBe([new("username", "anh"), new("min", "20"), new("max", "40"), new("posts", "7"), new("old_posts", "0"), new("delay", "5"), new("expiry", "01/02/2030")]);
        (terms.OwnNumber("max"), terms.OwnNumber("posts"), terms.OwnText("nothing")).ShouldBe((40, 7, ""));
    }

    [Theory]
    [InlineData("1", "google_keyword")]
    [InlineData("2", "referring_url")]
    public void Web_traffic_from_somewhere_names_its_source(string traffic, string source)
    {
        OrderTerms.TryRead(TypeRules.Of(ServiceType.WebTraffic), Asked.For(ServiceType.WebTraffic, ("type_of_traffic", traffic)), out _, out var refusal).ShouldBeFalse();
        refusal.Detail!.ShouldStartWith(source + ":");
        Asked.Terms(ServiceType.WebTraffic, Asked.For(ServiceType.WebTraffic, ("type_of_traffic", traffic), (source, "shoes"))).OwnText(source).ShouldBe("shoes");
    }

    [Fact]
    public void A_reference_has_at_most_a_hundred_code_points()
    {
        var longest = string.Concat(Enumerable.Repeat("👍", OrderTerms.LongestReference));
        Asked.Terms(ServiceType.Default, Asked.For(ServiceType.Default, ("order_reference", longest))).Reference.ShouldBe(longest);
        Asked.Terms(ServiceType.Default, Asked.For(ServiceType.Default, ("order_reference", ""))).Reference.ShouldBeNull();
        OrderTerms.TryRead(TypeRules.Of(ServiceType.Default), Asked.For(ServiceType.Default, ("order_reference", longest + "x")), out _, out var refusal).ShouldBeFalse();
        refusal.Detail!.ShouldStartWith("order_reference:");
    }
}
