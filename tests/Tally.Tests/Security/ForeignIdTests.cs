using System.Net;
using System.Text.RegularExpressions;
using Shouldly;
using Tally.Testing;
using Xunit;
using static Tally.Tests.Security.FilledPanel;

namespace Tally.Tests.Security;

/// <summary>Another account's numbers, in every call of the API, every page that has one in its address, and every form that sends one: answered as if there were no such thing, and nothing is done.</summary>
public sealed partial class ForeignIdTests
{
    private const long Nobodys = 2_000_000_000;

    // What everybody may see.
    private static readonly string[] Public = ["/services/{id:long}"];

    [Theory, BothStores]
    public async Task The_API_tells_a_foreign_number_from_none_in_no_call(StoreKind kind)
    {
        await using var filled = await StartAsync(kind);
        var (panel, key) = (filled.Panel, filled.Stranger.Key.Key);
        var before = await filled.StoreAsync();
        foreach (var (action, parameter) in ((string, string)[])[("status", "order"), ("status", "orders"), ("orders", "orders"), ("cancel", "order"), ("cancel", "orders"), ("refill", "order"), ("refill", "orders"), ("refill_status", "refill"), ("refill_status", "refills")])
        {
            var all = parameter is "orders" or "refills";
            foreach (var mine in parameter.StartsWith("refill", StringComparison.Ordinal) ? (long[])[filled.Refill] : [filled.Order, filled.OpenOrder])
            {
                var foreign = (await panel.CallAsAsync(key, action, (parameter, all ? $"{mine},{Nobodys}" : Text(mine)))).ToString();
                var none = (await panel.CallAsAsync(key, action, (parameter, all ? $"{Nobodys - 1},{Nobodys}" : Text(Nobodys)))).ToString();
                foreign.ShouldContain("error", customMessage: action);
                Number().Replace(foreign, "#").ShouldBe(Number().Replace(none, "#"), $"{action} {parameter}");
            }
        }

        (await filled.ChangedAsync(before)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_page_or_form_with_a_foreign_number_in_its_address_is_not_there(StoreKind kind)
    {
        await using var filled = await StartAsync(kind);
        using var stranger = filled.StrangerVisitor();
        using var customer = filled.Customer();
        var token = await TokenAsync(stranger);
        await customer.OpenAsync("/dashboard");
        var before = await filled.StoreAsync();
        var routes = PanelRoutes.Of(filled.Panel).Where(r => r.Path().Contains("{id", StringComparison.Ordinal) && !Public.Contains(r.Path())).ToList();
        routes.Count.ShouldBeGreaterThan(4);
        foreach (var route in routes)
        {
            route.IsOwn().ShouldBeTrue(route.Path());
            var (foreign, none) = (filled.Address(route), Id().Replace(filled.Address(route), "/" + Text(Nobodys)));
            foreign.ShouldNotBe(none);
            if (route.Reads())
            {
                await customer.GetAsync(foreign);
                customer.Status.ShouldBe(HttpStatusCode.OK, foreign);
            }

            var answers = new List<(HttpStatusCode, string)>();
            foreach (var path in (string[])[foreign, none])
            {
                await (route.Reads() ? stranger.GetAsync(path) : stranger.PostAsync(path, ("_token", token)));
                answers.Add((stranger.Status, Varying().Replace(stranger.Page.DocumentElement.OuterHtml, "")));
            }

            answers[0].Item1.ShouldBe(HttpStatusCode.NotFound, foreign);
            answers[0].Item2.Replace(foreign, none, StringComparison.Ordinal).ShouldBe(answers[1].Item2);
        }

        (await filled.ChangedAsync(before)).ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task A_foreign_number_in_a_form_or_a_query_does_nothing(StoreKind kind)
    {
        await using var filled = await StartAsync(kind);
        using var stranger = filled.StrangerVisitor();
        var (token, panel) = (await TokenAsync(stranger), filled.Panel);
        var before = await filled.StoreAsync();
        (string Path, (string, string)[] Fields)[] forms =
        [
            ("/api/keys/revoke", [("key", Text(panel.Customer.Key.Id))]), ("/account/sessions/end", [("id", Text(filled.Session))]), ("/account/passkeys/remove", [("id", filled.Passkey)]),
            ("/notices/read", [("id", Text(filled.Notice)), ("upTo", Text(filled.Notice)), ("notice", Text(filled.Notice))]), ("/orders/new", [("again", Text(filled.Order)), ("order", Text(filled.Order))]),
            ("/api/try", [("do", "cancel"), ("orders", Text(filled.OpenOrder)), ("confirm", "yes")]), ("/api/try", [("do", "refill"), ("order", Text(filled.Order)), ("confirm", "yes")]),
            ("/api/try", [("do", "status"), ("order", Text(filled.Order))]),
        ];
        foreach (var (path, fields) in forms)
        {
            await stranger.PostAsync(path, [("_token", token), .. fields]);
            ((int)stranger.Status).ShouldBeLessThan(500, path);
            stranger.Text.ShouldNotContain("Service " + Text(filled.Service));
            stranger.Text.ShouldNotContain("https://example.com/p/1");
        }

        (await filled.ChangedAsync(before)).ShouldBeEmpty();
        await stranger.GetAsync($"/orders/new?again={filled.Order}");
        stranger.Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var path in (string[])[$"/orders?q={filled.Order}", $"/orders/refills?q={filled.Order}", $"/orders/export.csv?q={filled.Order}", "/orders", "/funds/history", "/funds/history/payments", "/notices", "/api/keys", "/account/sessions", "/account/security"])
        {
            await stranger.GetAsync(path);
            stranger.Status.ShouldBe(HttpStatusCode.OK, path);
            stranger.Text.ShouldNotContain("plain");
            stranger.Page.QuerySelectorAll("[data-order], [data-refill]").ShouldBeEmpty(path);
        }
    }

    [GeneratedRegex(@"/\d+(?=/|$)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex("(?<=name=\"_token\" value=\")[^\"]*|\\d{2}:\\d{2}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Varying();
}
