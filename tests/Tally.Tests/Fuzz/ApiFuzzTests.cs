using System.Diagnostics;
using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Tally.Tests.ApiV2;
using Xunit;

namespace Tally.Tests.Fuzz;

/// <summary>
/// Generated and damaged requests to <c>/api/v2</c>, as bytes over sockets: in every form of body and query, whole and broken, chunked and cut. No answer is a failure, nothing is logged as one, no refused
/// request moves money, and at the end the ledger holds. <c>./dev fuzz</c> runs as many as one likes.
/// </summary>
public sealed class ApiFuzzTests(ContractPanels panels, ITestOutputHelper output) : IClassFixture<ContractPanels>
{
    private const string Balance = "1000000000";
    private const int Round = 10_000, OneByOne = 400;

    [Theory, BothStores]
    public async Task No_request_breaks_the_panel_nor_the_books(StoreKind kind)
    {
        Assert.SkipWhen(FuzzOptions.Store is { } only && only != kind, "The other store is asked for.");
        var (many, seed) = (FuzzOptions.Requests, FuzzOptions.Seed);
        output.WriteLine($"{many} requests, seed {seed}");
        var customer = await panels.CustomerAsync(kind, Balance);
        await using var run = await RunAsync(customer, seed);
        var watch = Stopwatch.StartNew();
        await run.OneByOneAsync(0, OneByOne);
        long next = OneByOne;
        while (next < many && watch.Elapsed < FuzzOptions.AtMost)
        {
            var from = next;
            next = Math.Min(from + Round, many);
            await run.RoundAsync(from, next);
        }

        watch.Stop();
        var tally = run.Tally;
        var figures = $"{tally.Sent} requests in {watch.Elapsed.TotalSeconds:0} s, seed {seed}: {tally.Orders.Count} orders, {tally.Refused} refused ({tally.Limited} by flood control), {tally.Irregular} no proper HTTP, {tally.Lost} without an answer";
        output.WriteLine(figures);

        // The fuzz reaches both sides, or it says nothing.
        tally.Sent.ShouldBe(next);
        (tally.Orders.Count > next / 20, tally.Refused > next / 5, tally.Irregular > next / 20, tally.Lost < tally.Irregular / 2).ShouldBe((true, true, true, true), figures);
        (await customer.Panel.VerifyAsync()).FirstFault.ShouldBeNull(figures);
    }

    [Fact]
    public void The_same_seed_and_number_make_the_same_request()
    {
        var target = new FuzzTarget("tly_key", "tly_reader", "tly_poor", [.. Enumerable.Range(1, ContractType.All.Count).Select(i => (long)i)]);
        for (var i = 0; i < 200; i++)
        {
            new FuzzRequests(target, 7).Make(i).Bytes.ShouldBe(new FuzzRequests(target, 7).Make(i).Bytes);
            new FuzzRequests(target, 7).Make(i).Bytes.ShouldNotBe(new FuzzRequests(target, 8).Make(i).Bytes);
        }
    }

    private async Task<FuzzRun> RunAsync(ContractCustomer customer, ulong seed)
    {
        var panel = customer.Panel;

        // The panel's first customer keeps nothing: the sums are those of the one that is fuzzed.
        await panel.Get<Tally.Billing.CreditAccount>().RunAsync(panel.Customer.Id, Tally.Ledger.Money.Parse("-1000000"), "test", "test", CancellationToken.None);
        var services = new List<long>();
        foreach (var row in ContractType.All)
        {
            services.Add((await panel.AddServiceAsync(row.Type, "7", s => s with { Min = 1 })).Id);
        }

        var reader = await panel.Get<IssueKey>().RunAsync(customer.Account.Id, "reader", KeyScope.Read, new Uri("https://panel.example"), CancellationToken.None) as IssueKeyOutcome.Issued;
        var poor = await panel.OpenAccountAsync("poor@example.com");
        await panel.Get<ApiKeys>().RefreshAsync(CancellationToken.None);
        return new FuzzRun(customer, panels.Log, new FuzzRequests(new FuzzTarget(customer.Key, reader!.Key.Key, poor.Key.Key, services), seed), seed, Balance);
    }
}
