using System.Globalization;
using Tally.Accounts;
using Tally.Orders;
using Tally.Testing;

namespace Tally.Tests.Processes;

/// <summary>Two panels, each with its own store and its own processes: what the first sells, the second delivers, by its operator's hands.</summary>
internal sealed class ProcessChain : IAsyncDisposable
{
    public const string ProviderName = "second";

    private ProcessChain(ProcessPanel first, ProcessPanel second) => (First, Second) = (first, second);

    public ProcessPanel First { get; }

    public ProcessPanel Second { get; }

    /// <summary>The second panel's node.</summary>
    public TallyProcess Upstream { get; private set; } = null!;

    /// <summary>The first panel's customer.</summary>
    public OpenedAccount Customer { get; private set; } = null!;

    /// <summary>The first panel, as a customer of the second.</summary>
    public OpenedAccount Reseller { get; private set; } = null!;

    /// <summary>The service as the first panel sells it: 3 for 1,000, which cost 2 at the second.</summary>
    public string Service { get; private set; } = "";

    /// <summary>Both panels, the second one's node, and the binding, made by commands as an operator makes it. The first panel's node is the test's own.</summary>
    public static async Task<ProcessChain> CreateAsync(StoreKind kind)
    {
        var chain = new ProcessChain(await ProcessPanel.CreateAsync(kind), await ProcessPanel.CreateAsync(kind));
        var (first, second) = (chain.First, chain.Second);
        chain.Reseller = await second.OpenAccountAsync("reseller@example.com", "1000");
        await second.AddServiceAsync(rate: "2");
        chain.Upstream = await second.ServeAsync();

        chain.Customer = await first.OpenAccountAsync("customer@example.com", "1000");
        first.Keys.Add(chain.Reseller.Key.Key);
        await first.RunAsync("provider", "add", ProviderName, new Uri(chain.Upstream.Address, "/api/v2").ToString(), chain.Reseller.Key.Key, "--references", "--allow-private");
        await first.RunAsync("services", "import", "--provider", ProviderName, "--margin", "50");
        await first.RunAsync("settings", "set", "sync_interval_ms", "200");
        chain.Service = (await first.CountAsync("SELECT id FROM services WHERE provider_id IS NOT NULL")).ToString(CultureInfo.InvariantCulture);
        return chain;
    }

    /// <summary>Places an order at the first panel.</summary>
    public async Task<long> AddAsync(ApiCaller caller, int quantity, string reference)
    {
        var answer = await caller.AddAsync(
            Customer.Key.Key, ("service", Service), ("link", "https://example.com/" + reference), ("quantity", quantity.ToString(CultureInfo.InvariantCulture)), ("order_reference", reference));
        return answer.IsAccepted ? answer.Order!.Value : throw new InvalidOperationException($"Expected an order: {answer}");
    }

    /// <summary>Waits until the second panel has an order of the first, and returns its id there.</summary>
    public async Task<long> SentAsync(long order)
    {
        string? there = null;
        await TestPanel.WaitAsync(
            async () => (there = (await First.QueryAsync<string?>("SELECT provider_order FROM orders WHERE id = @order", new { order })).Single()) is not null,
            $"order {order} is sent", 60);
        return long.Parse(there!, CultureInfo.InvariantCulture);
    }

    /// <summary>The second panel's operator says where an order stands.</summary>
    public Task SettleThereAsync(long order, string status, params string[] more) =>
        Second.RunAsync(["order", "set-status", order.ToString(CultureInfo.InvariantCulture), status, "--reason", "delivered by hand", .. more]);

    /// <summary>How many of the first panel's orders stand in a state of the sending.</summary>
    public Task<long> CountAsync(SendState state) => First.CountAsync("SELECT COUNT(*) FROM orders WHERE send_state = @state", new { state = (int)state });

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
