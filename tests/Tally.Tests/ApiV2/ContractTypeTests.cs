using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>api-v2.md section 4: each of the seventeen types takes what it requires, charges exactly, and refuses what lacks something, for nothing.</summary>
public sealed class ContractTypeTests(ContractPanels panels) : IClassFixture<ContractPanels>
{
    // Every parameter of any type, with values that no type takes.
    private static readonly (string Name, string Value)[] Nonsense =
    [
        ("link", "no link"), ("quantity", "-1.5e3"), ("runs", "1"), ("interval", "often"), ("comments", "\n\n"), ("usernames", "\r"), ("username", " "), ("hashtags", "\n"), ("hashtag", " "),
        ("keywords", ",,"), ("groups", "\n"), ("media", " "), ("answer_number", "two"), ("country", " "), ("device", " "), ("type_of_traffic", " "), ("google_keyword", " "),
        ("referring_url", " "), ("min", "few"), ("max", "many"), ("posts", "-1"), ("old_posts", "-1"), ("delay", "7"), ("expiry", "never"),
    ];

    public static TheoryData<StoreKind, ServiceType> Rows { get; } = new MatrixTheoryData<StoreKind, ServiceType>(Enum.GetValues<StoreKind>(), Enum.GetValues<ServiceType>());

    private static ContractType Row(ServiceType type) => ContractType.All.Single(r => r.Type == type);

    [Fact]
    public void The_table_has_seventeen_types_each_once() =>
        ContractType.All.Select(r => r.Type).ShouldBe(Enum.GetValues<ServiceType>());

    [Theory, MemberData(nameof(Rows))]
    public async Task The_required_set_is_accepted_and_charged_exactly(StoreKind kind, ServiceType type)
    {
        var (c, row, service) = await ReadyAsync(kind, type);
        var order = await c.AddAsync([("service", Text(service.Id)), .. row.Required]);
        (await c.BalanceAsync()).ShouldBe((Money.Parse("1000000") - Money.Parse(row.Charge)).ToString());
        var (status, family) = type == ServiceType.Subscriptions ? ("Active", ""","posts":"0","expiry":"","orders":[]""") : ("Pending", "");
        (await c.AskAsync("status", ("order", Text(order))))
            .ShouldBe($$"""{"charge":"{{row.Charge}}","start_count":"0","status":"{{status}}","remains":"{{row.Quantity}}","currency":"USD"{{family}}}""");
        var stored = await c.StoredAsync(order);
        (stored.Quantity, stored.Link).ShouldBe((row.Quantity, type == ServiceType.Subscriptions ? "" : "https://example.com/p/1"));
        OrderDetails.Read(stored.Details).ShouldBe(
            row.Required.Where(r => r.Name is not ("link" or "quantity")).Select(r => new KeyValuePair<string, string>(r.Name, r.Name == "keywords" ? "buy\nshoes" : r.Value)), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task What_a_type_does_not_use_is_ignored(StoreKind kind, ServiceType type)
    {
        var (c, row, service) = await ReadyAsync(kind, type);
        var unused = Nonsense.Where(n => !row.Required.Any(r => r.Name == n.Name) && (n.Name == "runs" || !row.Optional.Contains(n.Name)));
        var order = await c.AddAsync([("service", Text(service.Id)), .. row.Required, .. unused]);
        var stored = await c.StoredAsync(order);
        (stored.Quantity, stored.ChargeMoney.ToString(), stored.Runs).ShouldBe((row.Quantity, row.Charge, null));
        OrderDetails.Read(stored.Details).Keys.ShouldBe(row.Required.Select(r => r.Name).Where(n => n is not ("link" or "quantity")), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Each_required_parameter_that_is_missing_or_blank_is_named_and_costs_nothing(StoreKind kind, ServiceType type)
    {
        var (c, row, service) = await ReadyAsync(kind, type);
        await c.ForNothingAsync(async () =>
        {
            foreach (var (name, _) in row.Required)
            {
                foreach (var value in (string?[])[null, "", "  "])
                {
                    (await c.AskAsync("add", [("service", Text(service.Id)), .. row.With(name, value)]))
                        .ShouldBe(name == "link" ? Refused("Bad link", "bad_link") : Incorrect($"{name}: required"), $"{name} = '{value}'");
                }
            }

            (await c.AskAsync("add", row.Required)).ShouldBe(Incorrect("service: required"));
        });
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Lists_split_at_every_kind_of_line_end(StoreKind kind, ServiceType type)
    {
        var (c, row, service) = await ReadyAsync(kind, type);
        row.Lists.Count().ShouldBe(type switch
        {
            ServiceType.MentionsWithHashtags => 2,
            ServiceType.Seo or ServiceType.CustomComments or ServiceType.CustomCommentsPackage or ServiceType.Mentions or ServiceType.MentionsCustomList
                or ServiceType.CommentReplies or ServiceType.InvitesFromGroups => 1,
            _ => 0,
        });
        foreach (var list in row.Lists)
        {
            foreach (var value in (string[])["a\r\nb c\r\nd", "a\nb c\nd", "a\rb c\rd", "\r\n\n a \r\n \t \nb c\n\n\rd\r\n"])
            {
                var stored = await c.StoredAsync(await c.AddAsync([("service", Text(service.Id)), .. row.With(list, value)]));
                OrderDetails.Read(stored.Details)[list].ShouldBe("a\nb c\nd");
                stored.Quantity.ShouldBe(row.Quantity);
            }
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Every_type_per_1000_drips_and_no_other(StoreKind kind, ServiceType type)
    {
        var (c, row, service) = await ReadyAsync(kind, type);
        (string, string)[] drip = [("service", Text(service.Id)), .. row.Required, ("runs", "3"), ("interval", "30")];
        if (TypeRules.Of(type).Per == 1)
        {
            await c.AddRefusedAsync(Refused("Drip-feed is disabled for this service", "dripfeed_disabled"), drip);
            return;
        }

        // Rounded up once for the whole, not for each run.
        var order = await c.AddAsync(drip);
        var charge = row.Quantity == 101 ? "0.37408" : "0.01112";
        (await c.BalanceAsync()).ShouldBe((Money.Parse("1000000") - Money.Parse(charge)).ToString());
        (await c.AskAsync("status", ("order", Text(order)))).ShouldBe(
            $$"""{"charge":"{{charge}}","start_count":"0","status":"Pending","remains":"{{row.Quantity * 3}}","currency":"USD","runs":"3","interval":"30","orders":[]}""");
        await c.Panel.SaveAsync(service with { Dripfeed = false });
        await c.AddRefusedAsync(Refused("Drip-feed is disabled for this service", "dripfeed_disabled"), drip);
    }

    private async Task<(ContractCustomer Customer, ContractType Row, Service Service)> ReadyAsync(StoreKind kind, ServiceType type)
    {
        var customer = await panels.CustomerAsync(kind);
        return (customer, Row(type), await customer.Panel.AddServiceAsync(type, ContractType.Rate, s => s with { Min = 1 }));
    }
}
