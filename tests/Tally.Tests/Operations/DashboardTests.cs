using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Tally.Demo;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Testing;
using Tally.Tests.Processes;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>What the dashboard and the alert rules ask for is there: each metric, under the very name that <c>/metrics</c> gives it, with each tag that is looked at.</summary>
[Collection(ProcessesCollection.Name)]
public sealed partial class DashboardTests
{
    private static readonly string s_deploy = Path.Combine(Tree.Root, "deploy");

    [Fact]
    public async Task Every_metric_and_tag_of_the_dashboard_and_of_the_alerts_is_in_what_a_panel_tells()
    {
        var asked = Dashboard().Concat(AlertRules()).ToList();
        asked.Count.ShouldBeGreaterThan(30);
        var there = await MetricsAsync();
        Missing(asked, there).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_or_a_tag_that_no_panel_tells_is_found()
    {
        var there = await MetricsAsync();
        Missing(["sum(rate(tally_orders_placed_total[5m]))"], there).ShouldBeEmpty();
        Missing(["sum(rate(tally_orders_plaxed_total[5m]))"], there).ShouldBe(["tally_orders_plaxed_total"]);
        Missing(["sum by (sort) (rate(tally_orders_placed_total{kind=\"a\"}[5m]))"], there).ShouldBe(["tally_orders_placed_total{kind}", "tally_orders_placed_total{sort}"]);
    }

    private static IEnumerable<string> Dashboard()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_deploy, "grafana", "tally.json")));
        return [.. document.RootElement.GetProperty("panels").EnumerateArray()
            .Where(p => p.TryGetProperty("targets", out _))
            .SelectMany(p => p.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("expr").GetString()!))];
    }

    private static IEnumerable<string> AlertRules() =>
        File.ReadLines(Path.Combine(s_deploy, "prometheus", "alerts.yml")).Select(l => l.Trim()).Where(l => l.StartsWith("expr: ", StringComparison.Ordinal)).Select(l => l["expr: ".Length..]);

    /// <summary>The names of what an expression asks for and no panel tells. <c>up</c>, <c>job</c> and <c>instance</c> are Prometheus's own; <c>le</c> is a bucket's bound.</summary>
    private static List<string> Missing(IEnumerable<string> expressions, Dictionary<string, HashSet<string>> there)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var expression in expressions)
        {
            var grouped = Grouping().Matches(expression).SelectMany(m => m.Groups["tags"].Value.Split(',', StringSplitOptions.TrimEntries)).ToList();
            var selectors = Selector().Matches(Grouping().Replace(expression, " "));
            selectors.Count.ShouldBeGreaterThan(0, expression);
            foreach (Match selector in selectors)
            {
                var name = selector.Groups["name"].Value;
                var tags = Tag().Matches(selector.Groups["tags"].Value).Select(m => m.Groups["tag"].Value).Concat(grouped);
                var told = there.GetValueOrDefault(name);
                missing.UnionWith(told is null ? [name] : tags.Where(t => t is not ("job" or "instance") && !told.Contains(t)).Select(t => $"{name}{{{t}}}"));
            }
        }

        return [.. missing];
    }

    /// <summary>What <c>/metrics</c> tells: the tags of each name.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> MetricsAsync()
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = true });
        provider.Freeze();
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Postgres);
        await panel.SetAsync("sync_interval_ms", "200");
        var upstream = await panel.Get<SaveProvider>().AddAsync("upstream", provider.Url.ToString(), provider.Key, references: true, allowPrivate: true, default);
        var service = await panel.AddServiceAsync(with: s => s with { ProviderId = upstream.Id, ProviderService = provider.ServiceFor(3).ToString(CultureInfo.InvariantCulture) });
        var customer = await panel.OpenAccountAsync("customer@example.com");
        await panel.Get<Database>().WriteAsync(tx => panel.Get<Alerts>().RaiseAsync(tx, AlertKind.Payments, "test", "a test's alert", default), default);

        var node = await panel.ServeAsync();
        using var caller = new ApiCaller(node.Address);
        (await caller.AddAsync(customer.Key.Key, ("service", service), ("link", "https://example.com/a"), ("quantity", "100"))).IsAccepted.ShouldBeTrue();
        (await caller.AddAsync(customer.Key.Key, ("service", "999999"))).IsAccepted.ShouldBeFalse();
        await TestPanel.WaitAsync(() => Task.FromResult(provider.OrdersTaken.Count == 1), "the provider has the order", 60);
        provider.SetStatus(provider.OrdersTaken.Single().Id, "In progress", remains: 70);
        await ReadUntilAsync(caller, "tally_sync_applied_total{");
        provider.SetStatus(provider.OrdersTaken.Single().Id, "Levitating");
        await ReadUntilAsync(caller, "tally_sync_unusable_total{");
        var metrics = await ReadUntilAsync(caller, "kind=\"Payments\"} 1");
        var told = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal) { ["up"] = [] };
        foreach (var series in metrics.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => Selector().Match(l)).Where(m => m.Success))
        {
            told.TryAdd(series.Groups["name"].Value, []);
            told[series.Groups["name"].Value].UnionWith(Tag().Matches(series.Groups["tags"].Value).Select(m => m.Groups["tag"].Value));
        }

        return told;
    }

    private static async Task<string> ReadUntilAsync(ApiCaller caller, string what)
    {
        var metrics = "";
        await TestPanel.WaitAsync(async () => (metrics = await caller.PageAsync("/metrics")).Contains(what, StringComparison.Ordinal), $"the metrics tell {what}", 60);
        return metrics;
    }

    // A name that no ( follows (that is a function), with what stands in its braces, if anything.
    [GeneratedRegex(@"(?<![\w$])(?<name>[a-z_][a-z0-9_]{1,})(?![\w(])(?!\s*\()(\{(?<tags>[^}]*)\})?(?=[\s\[)}]|$)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\((?<tags>[^)]*)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex("(?<tag>[a-z_][a-z0-9_]*)(=~|!~|!=|=)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
