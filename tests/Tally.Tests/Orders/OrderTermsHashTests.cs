using CsCheck;
using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.Orders;

/// <summary>Two requests are the same order exactly when their hashes are: what counts is what the type uses, in its one form.</summary>
public sealed class OrderTermsHashTests
{
    private static readonly string Plain = HashOf(ServiceType.Default);

    [Theory]
    [InlineData("service", "007")]
    [InlineData("service", " 7 ")]
    [InlineData("quantity", " 0100 ")]
    [InlineData("link", " https://example.com/post/1 ")]
    [InlineData("order_reference", "mine")]
    [InlineData("runs", "0")]
    [InlineData("runs", "1")]
    [InlineData("interval", "5")]
    [InlineData("comments", "not used by this type")]
    public void A_spelling_or_a_parameter_that_means_nothing_does_not_count(string name, string value) =>
        HashOf(ServiceType.Default, (name, value)).ShouldBe(Plain);

    [Theory]
    [InlineData("service", "8")]
    [InlineData("quantity", "101")]
    [InlineData("link", "https://example.com/post/2")]
    [InlineData("link", "https://example.com/Post/1")]
    [InlineData("runs", "2")]
    public void What_the_type_uses_counts(string name, string value) => HashOf(ServiceType.Default, (name, value)).ShouldNotBe(Plain);

    [Fact]
    public void Every_own_parameter_of_every_type_counts()
    {
        foreach (var rules in TypeRules.Table)
        {
            foreach (var own in rules.Own)
            {
                var other = own.Kind switch { ParameterKind.Delay => "60", ParameterKind.Date => "1/1/2040", ParameterKind.Number => "31", _ => "another" };
                HashOf(rules.Type, (own.Name, other)).ShouldNotBe(HashOf(rules.Type), $"{rules.Type} {own.Name}");
            }
        }
    }

    [Fact]
    public void No_type_is_another()
    {
        var hashes = TypeRules.Table.Select(rules => HashOf(rules.Type)).ToList();
        hashes.Distinct().Count().ShouldBe(TypeRules.Table.Count);
    }

    [Fact]
    public void An_interval_left_out_is_an_hour_and_others_count()
    {
        HashOf(ServiceType.Default, ("runs", "3")).ShouldBe(HashOf(ServiceType.Default, ("runs", "3"), ("interval", "60")));
        HashOf(ServiceType.Default, ("runs", "3")).ShouldNotBe(HashOf(ServiceType.Default, ("runs", "3"), ("interval", "61")));
        HashOf(ServiceType.Default, ("runs", "3")).ShouldNotBe(HashOf(ServiceType.Default, ("runs", "4")));
    }

    [Fact]
    public void Line_ends_spaces_and_empty_lines_do_not_count_and_the_order_of_lines_does()
    {
        var plain = HashOf(ServiceType.CustomComments, ("comments", "a\nb"));
        HashOf(ServiceType.CustomComments, ("comments", " a \r\n\r\n b\r")).ShouldBe(plain);
        HashOf(ServiceType.CustomComments, ("comments", "b\na")).ShouldNotBe(plain);
        HashOf(ServiceType.CustomComments, ("comments", "a\nb"), ("quantity", "999")).ShouldBe(plain);
    }

    [Fact]
    public void A_subscriptions_link_does_not_count_and_dates_have_one_form()
    {
        HashOf(ServiceType.Subscriptions, ("link", "https://example.com")).ShouldBe(HashOf(ServiceType.Subscriptions));
        HashOf(ServiceType.Subscriptions, ("expiry", "1/2/2030")).ShouldBe(HashOf(ServiceType.Subscriptions, ("expiry", "01/02/2030")));
    }

    [Fact]
    public void Text_that_moves_from_one_list_to_the_next_is_another_order()
    {
        string[] words = ["a", "b", "|", "2", "ab", "\""];
        var lines = Gen.Int[0, words.Length - 1].Select(i => words[i]).Array[1, 3].Select(items => string.Join('\n', items));
        Gen.Select(lines, lines, lines, lines).Sample(
            t => HashOf(ServiceType.MentionsWithHashtags, ("usernames", t.Item1), ("hashtags", t.Item2))
                == HashOf(ServiceType.MentionsWithHashtags, ("usernames", t.Item3), ("hashtags", t.Item4)) == ((t.Item1, t.Item2) == (t.Item3, t.Item4)),
            iter: 2_000);
    }

    [Fact]
    public void A_stored_reference_answers_the_same_order_and_names_the_first_to_another()
    {
        var stored = new StoredReference { AccountId = 1, Reference = "mine", OrderId = 5, Type = ServiceType.Default, Hash = Plain };
        stored.Answer(Asked.For(ServiceType.Default, ("quantity", "00100"))).ShouldBe(new PlaceOrderOutcome.Placed(5, Replayed: true));
        stored.Answer(Asked.For(ServiceType.Default, ("quantity", "200"))).ShouldBe(new PlaceOrderOutcome.Refused(Refusal.ReferenceConflict(5)));
        stored.Answer(Asked.For(ServiceType.Default, ("quantity", "many"))).ShouldBe(new PlaceOrderOutcome.Refused(Refusal.ReferenceConflict(5)));
    }

    private static string HashOf(ServiceType type, params (string Name, string? Value)[] changes) => Asked.Terms(type, Asked.For(type, changes)).Hash;
}
