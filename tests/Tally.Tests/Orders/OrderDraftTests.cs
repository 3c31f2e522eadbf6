using CsCheck;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Xunit;

namespace Tally.Tests.Orders;

public sealed class OrderDraftTests
{
    private static readonly DateOnly Today = new(2030, 6, 15);

    [Theory]
    [InlineData("57500", 10, "575")]
    [InlineData("57500", 7, "402.5")]
    [InlineData("15000", 333, "4995")]
    [InlineData("0.0001", 1, "0.00001")]
    [InlineData("0.0001", 100, "0.00001")]
    [InlineData("0.0001", 101, "0.00002")]
    [InlineData("0.00001", 1000, "0.00001")]
    [InlineData("0.00001", 1001, "0.00002")]
    [InlineData("0.27819", 123, "0.03422")]
    [InlineData("0", 1_000_000, "0")]
    public void A_rate_per_thousand_is_charged_to_the_last_unit_and_rounded_up(string rate, long quantity, string charge) =>
        Judge(Asked.Service(rate: rate, min: 1, max: 10_000_000), ("quantity", Text(quantity))).Charge.ToString().ShouldBe(charge);

    [Theory]
    [InlineData(ServiceType.Package, "320000", "320000")]
    [InlineData(ServiceType.Package, "0.00001", "0.00001")]
    [InlineData(ServiceType.CustomCommentsPackage, "3900", "3900")]
    [InlineData(ServiceType.Subscriptions, "9.5", "0")]
    public void A_package_costs_its_rate_and_a_subscription_nothing_yet(ServiceType type, string rate, string charge)
    {
        // Min and max do not apply to packages.
        var service = Asked.Service(type, rate, min: type == ServiceType.Subscriptions ? 10 : 500, max: 1_000);
        var draft = Judge(service);
        (draft.Charge.ToString(), draft.Quantity).ShouldBe((charge, type == ServiceType.Subscriptions ? 0 : 1));
    }

    [Fact]
    public void A_charge_is_the_smallest_that_covers_the_price_and_never_nothing_for_something()
    {
        Gen.Select(Gen.Long[0, 1_000_000_000_000], Gen.Long[1, 1_000_000], Gen.Int[0, 12]).Sample((rate, quantity, runs) =>
        {
            var service = Asked.Service(min: 1, max: 1_000_000) with { Rate = new Money(rate) };
            var draft = Judge(service, ("quantity", Text(quantity)), ("runs", Text(runs)));
            var total = (Int128)quantity * Math.Max(1, runs);
            draft.Quantity.ShouldBe((long)total);
            ((Int128)draft.Charge.Units * 1000).ShouldBeInRange(rate * total, (rate * total) + 999);
            (draft.Charge == Money.Zero).ShouldBe(rate == 0);
        });
    }

    [Fact]
    public void A_drip_feed_is_priced_once_for_all_its_runs_and_limited_for_each()
    {
        var service = Asked.Service(rate: "0.0001", min: 10, max: 20);
        var draft = Judge(service, ("quantity", "15"), ("runs", "10"));
        (draft.Quantity, draft.Charge.ToString()).ShouldBe((150, "0.00002"));
        Against(service, ("quantity", "9"), ("runs", "10")).ShouldBe(Refusal.MinQuantity(10));
        Against(service, ("quantity", "21"), ("runs", "2")).ShouldBe(Refusal.MaxQuantity(20));
    }

    [Fact]
    public void Limits_are_named_and_hold_at_their_ends()
    {
        var service = Asked.Service(min: 200, max: 10_000);
        Against(service, ("quantity", "199"))!.Error.ShouldBe("Quantity less than minimal 200");
        Against(service, ("quantity", "10001"))!.Error.ShouldBe("Quantity more than maximum 10000");
        Against(service, ("quantity", "99999999999999999999"))!.ShouldBe(Refusal.MaxQuantity(10_000));
        Judge(service, ("quantity", "200")).Quantity.ShouldBe(200);
        Judge(service, ("quantity", "10000")).Quantity.ShouldBe(10_000);
        Against(Asked.Service(min: 0), ("quantity", "0")).ShouldBe(Refusal.MinQuantity(1));
        Against(Asked.Service(ServiceType.CustomComments, min: 4)).ShouldBe(Refusal.MinQuantity(4));
        Against(Asked.Service(ServiceType.MentionsCustomList, min: 1, max: 1)).ShouldBe(Refusal.MaxQuantity(1));
    }

    [Fact]
    public void What_does_not_fit_the_ledger_is_too_much()
    {
        var service = Asked.Service(rate: "90000000000000", max: long.MaxValue);
        Against(service, ("quantity", "9223372036854775807")).ShouldBe(Refusal.MaxQuantity(long.MaxValue));
        Against(service with { Rate = Money.Zero }, ("quantity", "9223372036854775807"), ("runs", "1000")).ShouldBe(Refusal.MaxQuantity(long.MaxValue));
        Judge(service with { Rate = Money.Zero }, ("quantity", "9223372036854775807")).Quantity.ShouldBe(long.MaxValue);
    }

    [Theory]
    [InlineData("https://example.com/a?b=c#d", true)]
    [InlineData("http://example.com", true)]
    [InlineData("HTTPS://EXAMPLE.COM/", true)]
    [InlineData("https://vi.example/đường-dẫn", true)]
    [InlineData("", false)]
    [InlineData("example.com/a", false)]
    [InlineData("//example.com/a", false)]
    [InlineData("/a", false)]
    [InlineData("https://", false)]
    [InlineData("ftp://example.com/a", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("https://example.com/a b", false)]
    [InlineData("https://example.com/a\nb", false)]
    [InlineData("https://example.com/a\0b", false)]
    [InlineData("@name", false)]
    public void A_link_is_an_absolute_web_address(string link, bool isLink)
    {
        OrderDraft.IsLink(link, handles: false).ShouldBe(isLink);
        (Against(Asked.Service(), ("link", link)) == Refusal.BadLink).ShouldBe(!isLink);
    }

    [Fact]
    public void A_handle_is_a_link_only_where_the_service_allows_it()
    {
        OrderDraft.IsLink("@name", handles: true).ShouldBeTrue();
        OrderDraft.IsLink("@", handles: true).ShouldBeFalse();
        OrderDraft.IsLink("@na me", handles: true).ShouldBeFalse();
        OrderDraft.IsLink("name", handles: true).ShouldBeFalse();
        OrderDraft.IsLink("https://example.com", handles: true).ShouldBeTrue();
        OrderDraft.IsLink("https://example.com/" + new string('a', 3_000), handles: true).ShouldBeFalse();
    }

    [Fact]
    public void The_link_is_judged_before_the_quantity() => Against(Asked.Service(), ("link", "nonsense"), ("quantity", "1")).ShouldBe(Refusal.BadLink);

    [Fact]
    public void Drip_feed_is_refused_where_it_is_not_offered()
    {
        Against(Asked.Service() with { Dripfeed = false }, ("runs", "2")).ShouldBe(Refusal.DripfeedDisabled);
        Against(Asked.Service(ServiceType.Package), ("runs", "2")).ShouldBe(Refusal.DripfeedDisabled);
        Against(Asked.Service(ServiceType.Subscriptions), ("runs", "2")).ShouldBe(Refusal.DripfeedDisabled);
        Judge(Asked.Service() with { Dripfeed = false }, ("runs", "1")).Quantity.ShouldBe(100);
        Judge(Asked.Service(ServiceType.CustomComments, min: 1), ("runs", "2")).Quantity.ShouldBe(6);
    }

    [Fact]
    public void A_subscription_lies_within_the_services_limits_and_before_its_expiry()
    {
        var service = Asked.Service(ServiceType.Subscriptions, min: 20, max: 40);
        Judge(service, ("expiry", "15/06/2030")).Charge.ShouldBe(Money.Zero);
        Against(service, ("min", "19")).ShouldBe(Refusal.MinQuantity(20));
        Against(service, ("max", "41")).ShouldBe(Refusal.MaxQuantity(40));
        Against(service, ("min", "31"), ("max", "30"))!.Detail!.ShouldStartWith("max:");
        Against(service, ("expiry", "14/06/2030"))!.Detail!.ShouldStartWith("expiry:");
        Against(service, ("max", "99999999999999999999")).ShouldBe(Refusal.MaxQuantity(40));
    }

    [Fact]
    public void Only_a_type_with_a_link_has_one_to_guard()
    {
        var guarded = Asked.Service() with { UniqueLink = true };
        Judge(guarded).UniqueLink.ShouldNotBeNull();
        Judge(guarded, ("link", " " + Asked.Link)).UniqueLink.ShouldBe(Judge(guarded).UniqueLink);
        Judge(guarded, ("link", Asked.Link + "0")).UniqueLink.ShouldNotBe(Judge(guarded).UniqueLink);
        Judge(Asked.Service()).UniqueLink.ShouldBeNull();
        Judge(Asked.Service(ServiceType.Subscriptions) with { UniqueLink = true }).UniqueLink.ShouldBeNull();
    }

    private static OrderDraft Judge(Service service, params (string Name, string? Value)[] changes)
    {
        var sent = Asked.For(service.Type, changes);
        var draft = OrderDraft.Judge(3, service, Asked.Terms(service.Type, sent), sent, Today, out var refusal);
        refusal.ShouldBeNull();
        draft.ShouldNotBeNull();
        draft.AccountId.ShouldBe(3);
        return draft;
    }

    private static Refusal? Against(Service service, params (string Name, string? Value)[] changes)
    {
        var sent = Asked.For(service.Type, changes);
        var draft = OrderDraft.Judge(3, service, Asked.Terms(service.Type, sent), sent, Today, out var refusal);
        (draft is null).ShouldBe(refusal is not null);
        return refusal;
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
