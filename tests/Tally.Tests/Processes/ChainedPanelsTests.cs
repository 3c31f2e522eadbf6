using System.Globalization;
using System.Text.Json;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>A panel whose provider is another panel of ours, in processes of their own: what the second one's operator says comes out at the first one's customer.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class ChainedPanelsTests
{
    [Theory, BothStores]
    public async Task Completed_partial_and_cancelled_orders_end_alike_at_both_panels_and_so_does_their_money(StoreKind kind)
    {
        await using var chain = await ProcessChain.CreateAsync(kind);
        using var first = new ApiCaller((await chain.First.ServeAsync()).Address);
        using var second = new ApiCaller(chain.Upstream.Address);
        var key = chain.Customer.Key.Key;

        // Each is charged 3 at the first panel and 2 at the second.
        var (completed, partial, cancelled) = (await chain.AddAsync(first, 1000, "completed"), await chain.AddAsync(first, 1000, "partial"), await chain.AddAsync(first, 1000, "cancelled"));
        (await first.BalanceAsync(key)).ShouldBe("991");
        var (completedThere, partialThere, cancelledThere) = (await chain.SentAsync(completed), await chain.SentAsync(partial), await chain.SentAsync(cancelled));
        (await second.BalanceAsync(chain.Reseller.Key.Key)).ShouldBe("994");

        await chain.SettleThereAsync(completedThere, "Completed", "--start-count", "40");
        await chain.SettleThereAsync(partialThere, "Partial", "--remains", "250", "--start-count", "7");
        await CancelAsync(chain, first, cancelled, cancelledThere);

        await EndsAsync(first, key, completed, "Completed", charge: "3", start: "40", remains: "0");
        await EndsAsync(first, key, partial, "Partial", charge: "2.25", start: "7", remains: "250");
        await EndsAsync(first, key, cancelled, "Canceled", charge: "0", start: "0", remains: "1000");
        (await first.BalanceAsync(key)).ShouldBe("994.75");
        await EndsAsync(second, chain.Reseller.Key.Key, completedThere, "Completed", charge: "2", start: "40", remains: "0");
        await EndsAsync(second, chain.Reseller.Key.Key, partialThere, "Partial", charge: "1.5", start: "7", remains: "250");
        await EndsAsync(second, chain.Reseller.Key.Key, cancelledThere, "Canceled", charge: "0", start: "0", remains: "1000");
        (await second.BalanceAsync(chain.Reseller.Key.Key)).ShouldBe("996.5");
        await BooksAgreeAsync(chain);
    }

    [Theory, BothStores]
    public async Task A_correction_at_the_second_panel_after_the_end_reaches_nobody_twice(StoreKind kind)
    {
        await using var chain = await ProcessChain.CreateAsync(kind);
        using var first = new ApiCaller((await chain.First.ServeAsync()).Address);
        var order = await chain.AddAsync(first, 1000, "corrected");
        var there = await chain.SentAsync(order);
        await chain.SettleThereAsync(there, "Partial", "--remains", "500");
        await EndsAsync(first, chain.Customer.Key.Key, order, "Partial", charge: "1.5", start: "0", remains: "500");

        // The second panel pays the rest back to its customer; the first one's operator does the same by hand.
        await chain.SettleThereAsync(there, "Canceled");
        await chain.First.RunAsync("order", "set-status", order.ToString(CultureInfo.InvariantCulture), "Canceled", "--reason", "the provider cancelled it after all");
        await EndsAsync(first, chain.Customer.Key.Key, order, "Canceled", charge: "0", start: "0", remains: "500");
        (await first.BalanceAsync(chain.Customer.Key.Key)).ShouldBe("1000");
        await chain.First.VerifyAsync();
        await chain.Second.VerifyAsync();
    }

    [Fact]
    public async Task Services_that_are_imported_from_a_provider_leave_those_alone_that_a_file_brought()
    {
        await using var chain = await ProcessChain.CreateAsync(StoreKind.Sqlite);
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Sqlite);
        using var folder = new TemporaryServices("""[{"service":"1","name":"Ours, by hand","type":"Default","category":"C","rate":"9","min":"1","max":"10"}]""");
        await panel.RunAsync("services", "import", folder.File);
        await panel.RunAsync("provider", "add", "second", new Uri(chain.Upstream.Address, "/api/v2").ToString(), chain.Reseller.Key.Key, "--allow-private");
        (await panel.RunAsync("services", "import", "--provider", "second")).GetProperty("added").GetInt32().ShouldBe(1);

        var services = (await panel.RunAsync("services", "list")).EnumerateArray().ToList();
        services.Count.ShouldBe(2);
        services.Single(s => s.GetProperty("id").GetInt64() == 1).GetProperty("name").GetString().ShouldBe("Ours, by hand");
    }

    private static async Task CancelAsync(ProcessChain chain, ApiCaller first, long order, long there)
    {
        var answer = await first.CallAsync(chain.Customer.Key.Key, "cancel", ("orders", order.ToString(CultureInfo.InvariantCulture)));
        answer[0].GetProperty("cancel").GetInt32().ShouldBe(1, answer.ToString());
        await TestPanel.WaitAsync(
            async () => await chain.Second.CountAsync("SELECT COUNT(*) FROM cancels WHERE order_id = @there", new { there }) == 1, "the request to cancel has reached the second panel", 60);

        // Accepted is not cancelled: no money moves before the second panel's operator has decided.
        (await first.StatusAsync(chain.Customer.Key.Key, order)).ShouldNotBe("Canceled");
        await chain.SettleThereAsync(there, "Canceled");
    }

    private static async Task EndsAsync(ApiCaller caller, string key, long order, string status, string charge, string start, string remains)
    {
        await TestPanel.WaitAsync(async () => await caller.StatusAsync(key, order) == status, $"order {order} is {status}", 60);
        var answer = await caller.CallAsync(key, "status", ("order", order.ToString(CultureInfo.InvariantCulture)));
        (Text(answer, "charge"), Text(answer, "start_count"), Text(answer, "remains")).ShouldBe((charge, start, remains), answer.ToString());
    }

    private static string? Text(JsonElement answer, string name) => answer.GetProperty(name).GetString();

    /// <summary>Both ledgers hold, and what the first panel owes its provider is what the second has earned by it.</summary>
    private static async Task BooksAgreeAsync(ProcessChain chain)
    {
        var (here, there) = (await chain.First.ReportAsync(), await chain.Second.ReportAsync());
        (here.GetProperty("orders").GetInt64(), there.GetProperty("orders").GetInt64()).ShouldBe((3, 3));
        var (first, second) = (here.GetProperty("house"), there.GetProperty("house"));
        (Text(first, "revenue"), Text(first, "held")).ShouldBe(("5.25", "0"));
        (Text(second, "revenue"), Text(second, "held")).ShouldBe(("3.5", "0"));
        Text(first, "provider payable").ShouldBe("3.5");
    }

    private sealed class TemporaryServices : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tally-services-");

        public TemporaryServices(string json) => System.IO.File.WriteAllText(File, json);

        public string File => Path.Combine(_folder.FullName, "services.json");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
