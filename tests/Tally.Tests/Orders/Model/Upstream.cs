using Tally.Demo;
using Tally.Orders;

namespace Tally.Tests.Orders.Model;

/// <summary>
/// A provider whose orders stand where the test puts them, and which remembers every state it ever said: what the panel may have paid back follows from that.
/// </summary>
internal sealed class Upstream(SimulatedProvider provider, bool references) : IAsyncDisposable
{
    private readonly Dictionary<int, List<(string Word, long Remains)>> _said = [];

    public SimulatedProvider Simulated => provider;

    public bool References => references;

    public static async Task<Upstream> StartAsync(bool references, int seed)
    {
        var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { SupportsReference = references, Seed = seed, Balance = 1_000_000_000_000m });
        provider.Freeze();
        return new Upstream(provider, references);
    }

    /// <summary>The orders it took, oldest first.</summary>
    public IReadOnlyList<TakenOrder> Taken => [.. provider.OrdersTaken];

    /// <summary>The links of orders that it answered with another order's id.</summary>
    public IReadOnlySet<string> LiedAbout => provider.Received.Of(SimulatedAction.Add).Where(c => c.Fault is Fault.DuplicateId).Select(c => c.Parameters["link"]).ToHashSet();

    /// <summary>What it said of an order so far; Pending is left out.</summary>
    public IReadOnlyList<(string Word, long Remains)> Said(int order) => _said.TryGetValue(order, out var said) ? said : [];

    public bool IsFinal(int order) => Said(order) is [.., { Word: "Completed" or "Partial" or "Canceled" }];

    public void Say(TakenOrder order, string word, long remains)
    {
        provider.SetStatus(order.Id, word, remains);
        if (!_said.TryGetValue(order.Id, out var said))
        {
            _said.Add(order.Id, said = []);
        }

        said.Add((word, remains));
    }

    /// <summary>The most that any of its answers allows to be paid back of an order.</summary>
    public long MostRefund(int id, Order order) => Said(id).Select(s => Refund(s, order)).DefaultIfEmpty(0).Max();

    /// <summary>What its last answer wants paid back.</summary>
    public long LastRefund(int id, Order order) => Said(id).Count == 0 ? 0 : Refund(Said(id)[^1], order);

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    private static long Refund((string Word, long Remains) said, Order order) => said.Word switch
    {
        "Canceled" => order.Charge,
        "Partial" => (long)((Int128)order.Charge * Math.Clamp(said.Remains, 0, order.Quantity) / order.Quantity),
        _ => 0,
    };
}
