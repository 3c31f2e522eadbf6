using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>Which values the parameters of <c>add</c> take (api-v2.md sections 4 and 7). The panels' clock stands at 1 August 2026.</summary>
public sealed class ContractValueTests(ClockedPanels panels) : IClassFixture<ClockedPanels>
{
    private static readonly string[] Delays =
        ["0", "5", "10", "15", "20", "30", "40", "50", "60", "90", "120", "150", "180", "210", "240", "270", "300", "360", "420", "480", "540", "600"];

    [Theory, BothStores]
    public async Task Numbers_are_ASCII_digits_with_spaces_around_and_zeros_before(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        foreach (var quantity in (string[])["100", " 100 ", "0100", "0000000000000000000000000100"])
        {
            (await c.StoredAsync(await c.AddAsync(("service", $" 0{service.Id} "), ("link", "https://example.com/"), ("quantity", quantity)))).Quantity.ShouldBe(100);
        }

        foreach (var quantity in (string[])["+100", "-100", "100.0", "1e2", "1,000", "0x64", "१००", "１００", "1 00", "\u00a0100", "100\t", "NaN", "100;"])
        {
            await c.AddRefusedAsync(Incorrect("quantity: expected a whole number"), ("service", Text(service.Id)), ("link", "https://example.com/"), ("quantity", quantity));
        }
    }

    [Theory, BothStores]
    public async Task Quantities_have_the_services_limits_however_large(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        (string Quantity, string? Refusal)[] rows =
        [
            ("9", Min), ("10", null), ("10000", null), ("10001", Max), ("0", Min), ("2147483648", Max), ("9223372036854775807", Max), ("9223372036854775808", Max), (new string('9', 400), Max),
        ];
        foreach (var (quantity, refusal) in rows)
        {
            (string, string)[] order = [("service", Text(service.Id)), ("link", "https://example.com/"), ("quantity", quantity)];
            await (refusal is null ? c.AddAsync(order) : c.AddRefusedAsync(refusal, order));
        }
    }

    [Theory, BothStores]
    public async Task Counted_quantities_have_the_limits_and_packages_have_none(StoreKind kind)
    {
        var (c, _) = await ReadyAsync(kind);
        foreach (var (type, list) in ((ServiceType, string)[])[(ServiceType.CustomComments, "comments"), (ServiceType.MentionsCustomList, "usernames"), (ServiceType.CommentReplies, "comments")])
        {
            var service = await c.Panel.AddServiceAsync(type, "1", s => s with { Min = 2, Max = 3 });
            (string, string)[] Of(int count) =>
                [("service", Text(service.Id)), ("link", "https://example.com/"), ("username", "ann"), (list, string.Join('\n', Enumerable.Range(1, count))), ("quantity", "3")];
            await c.AddRefusedAsync(Refused("Quantity less than minimal 2", "min_quantity"), Of(1));
            (await c.StoredAsync(await c.AddAsync(Of(2)))).Quantity.ShouldBe(2);
            await c.AddRefusedAsync(Refused("Quantity more than maximum 3", "max_quantity"), Of(4));
        }

        var package = await c.Panel.AddServiceAsync(ServiceType.Package, "1", s => s with { Min = 50, Max = 60 });
        (await c.StoredAsync(await c.AddAsync(Default(package.Id, 7)))).Quantity.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Runs_and_interval(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        (string? Runs, string? Interval, int? StoredRuns, int? StoredInterval)[] taken =
        [
            (null, null, null, null), ("", "", null, null), ("0", "junk", null, null), ("1", "0", null, null), (" 2 ", null, 2, 60), ("2", " ", 2, 60), ("02", "1", 2, 1), ("1000", "44640", 1000, 44_640),
        ];
        foreach (var (runs, interval, storedRuns, storedInterval) in taken)
        {
            var order = await c.StoredAsync(await c.AddAsync([.. Default(service.Id), ("runs", runs ?? ""), ("interval", interval ?? "")]));
            (order.Runs, order.IntervalMinutes, order.Quantity).ShouldBe((storedRuns, storedInterval, 100L * (storedRuns ?? 1)));
        }

        foreach (var runs in (string[])["-2", "two", "2.0", "1001", new string('9', 30)])
        {
            await c.AddRefusedAsync(Incorrect("runs: a whole number, at most 1000"), [.. Default(service.Id), ("runs", runs)]);
        }

        foreach (var interval in (string[])["0", "-1", "1.5", "44641", "hour"])
        {
            await c.AddRefusedAsync(Incorrect("interval: minutes, 1 to 44640"), [.. Default(service.Id), ("runs", "2"), ("interval", interval)]);
        }

        // Limits are those of one run.
        await c.AddRefusedAsync(Min, [.. Default(service.Id, 9), ("runs", "5")]);
        await c.AddRefusedAsync(Max, [.. Default(service.Id, 10_001), ("runs", "2")]);
        (await c.StoredAsync(await c.AddAsync([.. Default(service.Id, 10_000), ("runs", "5")]))).Quantity.ShouldBe(50_000);
    }

    [Theory, BothStores]
    public async Task A_subscription_takes_the_listed_delays_and_no_other(StoreKind kind)
    {
        var (c, _) = await ReadyAsync(kind);
        var service = await SubscriptionAsync(c);
        foreach (var delay in Delays)
        {
            var order = await c.StoredAsync(await c.AddAsync(Subscription(service, ("delay", delay))));
            (OrderDetails.Read(order.Details)["delay"], order.Charge).ShouldBe((delay, 0L));
        }

        foreach (var delay in (string[])["1", "25", "601", "-5", "5.0", "soon", "99999999999999999999"])
        {
            await c.AddRefusedAsync(Incorrect($"delay: expected one of {string.Join(' ', Delays)} (minutes)"), Subscription(service, ("delay", delay)));
        }
    }

    [Theory, BothStores]
    public async Task A_subscription_expires_on_a_day_that_has_not_passed(StoreKind kind)
    {
        var (c, _) = await ReadyAsync(kind);
        var service = await SubscriptionAsync(c);
        foreach (var (expiry, told) in ((string, string)[])[("01/08/2026", "01/08/2026"), ("1/8/2026", "01/08/2026"), ("29/2/2028", "29/02/2028"), ("", ""), (" 31/12/2030 ", "31/12/2030")])
        {
            var order = await c.AddAsync(Subscription(service, ("expiry", expiry)));
            (await c.AskAsync("status", ("order", Text(order))))
                .ShouldBe($$"""{"charge":"0","start_count":"0","status":"Active","remains":"0","currency":"USD","posts":"0","expiry":"{{told}}","orders":[]}""");
        }

        await c.AddRefusedAsync(Incorrect("expiry: a day that has not passed"), Subscription(service, ("expiry", "31/07/2026")));
        foreach (var expiry in (string[])["2026-12-01", "31/02/2027", "1/13/2027", "12/31/2027", "1/1/27", "tomorrow", "1.1.2027"])
        {
            await c.AddRefusedAsync(Incorrect("expiry: expected a date as day/month/year"), Subscription(service, ("expiry", expiry)));
        }
    }

    [Theory, BothStores]
    public async Task A_subscriptions_numbers(StoreKind kind)
    {
        var (c, _) = await ReadyAsync(kind);
        var service = await SubscriptionAsync(c);
        var order = await c.AddAsync(Subscription(service, ("posts", "7"), ("old_posts", "2"), ("expiry", "1/9/2026")));
        (await c.AskAsync("status", ("orders", Text(order))))
            .ShouldBe($$$"""{"{{{order}}}":{"charge":"0","start_count":"0","status":"Active","remains":"0","currency":"USD","posts":"7","expiry":"01/09/2026","orders":[]}}""");
        await c.AddRefusedAsync(Incorrect("max: at least min"), Subscription(service, ("min", "200"), ("max", "100")));
        await c.AddRefusedAsync(Min, Subscription(service, ("min", "9")));
        await c.AddRefusedAsync(Max, Subscription(service, ("max", "10001")));
        foreach (var name in (string[])["min", "max", "posts", "old_posts"])
        {
            await c.AddRefusedAsync(Incorrect(name + ": expected a whole number"), Subscription(service, (name, "-1")));
        }
    }

    [Theory, BothStores]
    public async Task Web_traffic_takes_any_text_and_what_the_type_of_traffic_demands(StoreKind kind)
    {
        var (c, _) = await ReadyAsync(kind);
        var service = await c.Panel.AddServiceAsync(ServiceType.WebTraffic, "1");
        (string, string)[] Of(string type, params (string, string)[] more) =>
            [.. Default(service.Id), ("country", "Việt Nam 🇻🇳"), ("device", "any"), ("type_of_traffic", type), .. more];
        await c.AddRefusedAsync(Incorrect("google_keyword: required for this type_of_traffic"), Of("1"));
        await c.AddRefusedAsync(Incorrect("referring_url: required for this type_of_traffic"), Of("2", ("google_keyword", "shoes")));
        await c.AddAsync(Of("1", ("google_keyword", "shoes")));
        await c.AddAsync(Of("2", ("referring_url", "https://example.com/")));
        await c.AddAsync(Of("3"));
        await c.AddAsync(Of("organic"));
        await c.AddRefusedAsync(Incorrect("country: at most 1000 characters"), [.. Default(service.Id), ("country", new string('x', 1001)), ("device", "1"), ("type_of_traffic", "3")]);
    }

    [Theory, BothStores]
    public async Task Links(StoreKind kind)
    {
        var (c, service) = await ReadyAsync(kind);
        foreach (var link in (string[])["http://example.com", " https://example.com/a?b=c&d=%20#e ", "HTTPS://EXAMPLE.COM/", "https://example.com/việt/👍", "https://bücher.example/", "https://[2001:db8::1]/"])
        {
            (await c.StoredAsync(await c.AddAsync(Default(service.Id, link: link)))).Link.ShouldBe(link.Trim());
        }

        foreach (var link in (string[])["example.com/a", "@ann", "ftp://example.com/", "javascript:alert(1)", "/p/1", "http://", "https:///p", "https://exa mple.com/", "https://example.com/a b", "https://example.com/a\nb",
            "https://example.com/" + new string('a', 2_048), "//example.com/", "file:///etc/passwd"])
        {
            await c.AddRefusedAsync(Refused("Bad link", "bad_link"), Default(service.Id, link: link));
        }

        await c.Panel.SaveAsync(service with { Handles = true });
        (await c.StoredAsync(await c.AddAsync(Default(service.Id, link: "@ann")))).Link.ShouldBe("@ann");
        await c.AddRefusedAsync(Refused("Bad link", "bad_link"), Default(service.Id, link: "@"));
        await c.AddRefusedAsync(Refused("Bad link", "bad_link"), Default(service.Id, link: "ann"));
    }

    private static string Min => Refused("Quantity less than minimal 10", "min_quantity");

    private static string Max => Refused("Quantity more than maximum 10000", "max_quantity");

    private static (string, string)[] Subscription(Service service, params (string Name, string Value)[] with)
    {
        (string Name, string Value)[] usual = [("username", "ann"), ("min", "100"), ("max", "200"), ("delay", "30")];
        return [("service", Text(service.Id)), .. usual.Where(u => with.All(w => w.Name != u.Name)), .. with];
    }

    private static Task<Service> SubscriptionAsync(ContractCustomer c) => c.Panel.AddServiceAsync(ServiceType.Subscriptions, "2");

    private async Task<(ContractCustomer Customer, Service Service)> ReadyAsync(StoreKind kind)
    {
        var customer = await panels.CustomerAsync(kind);
        return (customer, await customer.Panel.AddServiceAsync(rate: "1"));
    }
}
