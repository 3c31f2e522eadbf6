using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Tally.Catalog;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>What <c>/metrics</c> of a running panel tells. Panels of one process share their instruments, so other tests count along.</summary>
public sealed class PanelMetricsTests
{
    [Theory, BothStores]
    public async Task Orders_refusals_and_commits_are_counted(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var service = (await panel.AddServiceAsync(ServiceType.Poll)).Id.ToString(CultureInfo.InvariantCulture);
        (string, string)[] order = [("service", service), ("link", "https://example.com/a"), ("answer_number", "2")];
        await panel.AddAsync([.. order, ("quantity", "20")]);
        await panel.AddAsync([.. order, ("quantity", "20")]);
        (await panel.CallAsync("add", [.. order, ("quantity", "9")])).GetProperty("code").GetString().ShouldBe("min_quantity");
        (await panel.CallAsync("add", ("service", "999999"))).GetProperty("code").GetString().ShouldBe("incorrect_service");
        var poor = await panel.OpenAccountAsync("poor@example.com");
        (await panel.CallAsAsync(poor.Key.Key, "add", [.. order, ("quantity", "20")])).GetProperty("code").GetString().ShouldBe("not_enough_funds");

        var metrics = "";
        await TestPanel.WaitAsync(
            async () =>
            {
                metrics = await panel.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
                return Count(metrics, "tally_orders_placed", "type=\"Poll\"") >= 2;
            },
            "the orders are counted");
        foreach (var code in (string[])["min_quantity", "incorrect_service", "not_enough_funds"])
        {
            Count(metrics, "tally_orders_refused", $"code=\"{code}\"").ShouldBeGreaterThanOrEqualTo(1, code);
        }

        Count(metrics, "tally_commit_batch_size", "_count").ShouldBeGreaterThanOrEqualTo(3);
        Count(metrics, "tally_commit_time", "_count").ShouldBeGreaterThanOrEqualTo(3);
        metrics.ShouldMatch(@"tally_queue_depth\w*\{[^}]*queue=""intake""[^}]*\} 0");
        metrics.ShouldNotContain(panel.Key);
    }

    [Theory, BothStores]
    public async Task Requests_to_api_v2_are_timed_under_its_path_however_that_is_written(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        foreach (var path in (string[])["/api/v2", "/api/v2/", "/API/v2"])
        {
            using var form = new FormUrlEncodedContent([new("key", panel.Key), new("action", "balance")]);
            using var answer = await panel.Http.PostAsync(new Uri(path, UriKind.Relative), form);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("\"balance\"");
        }

        // deploy/grafana/tally.json asks for this tag.
        await TestPanel.WaitAsync(
            async () => Count(await panel.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), "http_server_request_duration_seconds_count", "http_route=\"/api/v2\"") >= 3,
            "the three are counted");
    }

    /// <summary>The sum over all series of a name that carry a mark in their name or tags.</summary>
    private static double Count(string metrics, string name, string mark) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(mark, StringComparison.Ordinal))
        .Select(line => Regex.Match(line, @"\}? (?<value>[0-9.e+]+)( \d+)?$", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["value"].Value)
        .Sum(value => double.Parse(value, CultureInfo.InvariantCulture));
}
