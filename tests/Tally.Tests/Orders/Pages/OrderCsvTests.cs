using System.Globalization;
using System.Net;
using System.Text;
using Shouldly;
using Tally.Orders.Pages;
using Tally.Testing;
using Tally.Tests.Ui;
using Xunit;

namespace Tally.Tests.Orders.Pages;

public sealed class OrderCsvTests
{
    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+84", "\"'+84\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@name", "\"'@name\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("=cmd|' /C calc'!A0\",\"=2", "\"'=cmd|' /C calc'!A0\"\",\"\"=2\"")]
    [InlineData("", "\"\"")]
    [InlineData("a=b", "\"a=b\"")]
    public void Texts_are_quoted_and_never_formulas(string text, string cell) => OrderCsv.Text(text).ShouldBe(cell);

    [Theory, BothStores]
    public async Task A_file_has_all_orders_of_the_list_and_of_nobody_else(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 4_321);
        var stranger = await panel.OpenAccountAsync("other@example.com");
        await panel.PutAsync(stranger.Id, 100, 50_000);
        using var visitor = WebVisitor.Customer(panel);
        await visitor.OpenAsync("/orders");
        var all = await ReadAsync(visitor, visitor.Page.GetElementById("export")!.GetAttribute("href")!);
        all[0].ShouldStartWith("\"Order\",\"Placed\",");
        Ids(all).ShouldBe(await panel.QueryAsync<long>($"SELECT id FROM orders WHERE account_id = {panel.Customer.Id} ORDER BY created_at DESC, id DESC"));
        all[^1].ShouldBe("1,2026-01-01 00:00:00,1,\"\",\"https://example.com/post/0\",100,0,0,\"Completed\",1500,0,USD,,");

        Ids(await ReadAsync(visitor, "/orders/export.csv?status=partial")).ShouldBe(
            await panel.QueryAsync<long>($"SELECT id FROM orders WHERE account_id = {panel.Customer.Id} AND status = 4 ORDER BY created_at DESC, id DESC"));
        Ids(await ReadAsync(visitor, "/orders/export.csv?tab=dripfeed")).Count().ShouldBe(43);
        Ids(await ReadAsync(visitor, "/orders/export.csv?q=50000")).ShouldBeEmpty();
        using var vietnamese = WebVisitor.Customer(panel, "vi");
        (await ReadAsync(vietnamese, "/orders/export.csv?q=1"))[1].ShouldContain("\"Hoàn thành\"");
    }

    [Theory, BothStores]
    public async Task The_first_lines_come_before_the_last_are_read(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind, also: CountedDatabase.Under);
        await panel.PutAsync(panel.Customer.Id, 80_000);
        using var visitor = new WebVisitor(panel, receiveBuffer: 16_384).SignedInAs(panel.Customer.Id, panel.Customer.Email);
        panel.Get<CountedDatabase>().Take();
        using var response = await visitor.GetRawAsync("/orders/export.csv", HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentLength.ShouldBeNull("its length is not known when it begins");
        await using var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[20_000]);

        // A reader that stops holds the writer back: the store is asked only for what fits between them, and the system keeps up to 4 MiB of these 8.
        await Task.Delay(500);
        panel.Get<CountedDatabase>().Take().Count.ShouldBeLessThan(70, "a query for each thousand");
    }

    [Theory, BothStores]
    public async Task An_account_runs_two_exports_at_a_time_and_is_told_so_in_its_language(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await panel.PutAsync(panel.Customer.Id, 40_000);
        using var visitor = WebVisitor.Customer(panel);
        using var vietnamese = WebVisitor.Customer(panel, "vi");
        var first = await visitor.GetRawAsync("/orders/export.csv", HttpCompletionOption.ResponseHeadersRead);
        using var second = await visitor.GetRawAsync("/orders/export.csv", HttpCompletionOption.ResponseHeadersRead);
        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        using (var refused = await visitor.GetRawAsync("/orders/export.csv"))
        {
            (refused.StatusCode, refused.Headers.RetryAfter!.ToString(), refused.Content.Headers.ContentDisposition).ShouldBe((HttpStatusCode.TooManyRequests, "10", null));
            (await refused.Content.ReadAsStringAsync()).ShouldContain("Your account may run 2 exports at a time.");
        }

        await vietnamese.GetAsync("/orders/export.csv");
        (vietnamese.Status, vietnamese.Text.Contains("Mỗi tài khoản chỉ được xuất 2 tệp cùng lúc.", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.TooManyRequests, true));

        // Another account's turns are its own, and a reader that goes away frees one.
        var stranger = await panel.OpenAccountAsync("other@example.com");
        using var other = new WebVisitor(panel).SignedInAs(stranger.Id, stranger.Email);
        (await ReadAsync(other, "/orders/export.csv")).Length.ShouldBe(1);
        first.Dispose();
        await TestPanel.WaitAsync(
            async () =>
            {
                using var again = await visitor.GetRawAsync("/orders/export.csv", HttpCompletionOption.ResponseHeadersRead);
                return again.StatusCode == HttpStatusCode.OK;
            },
            "a turn that is free again");
    }

    private static IEnumerable<long> Ids(string[] lines) => lines.Skip(1).Select(l => long.Parse(l.Split(',')[0], CultureInfo.InvariantCulture));

    private static async Task<string[]> ReadAsync(WebVisitor visitor, string path)
    {
        using var response = await visitor.GetRawAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        var bytes = await response.Content.ReadAsByteArrayAsync();
        bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBeTrue();
        var text = Encoding.UTF8.GetString(bytes.AsSpan(3));
        text.ShouldEndWith("\r\n");
        return text[..^2].Split("\r\n");
    }
}
