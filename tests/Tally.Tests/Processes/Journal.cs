using System.Collections.Concurrent;
using Tally.Accounts;
using Tally.Testing;

namespace Tally.Tests.Processes;

/// <summary>An order as a customer sent it, maybe several times at once, always with the same reference.</summary>
/// <param name="Quantity">A multiple of 10, or 5, which the service refuses.</param>
internal sealed record Sent(OpenedAccount Customer, string Service, string Link, int Quantity, string Reference)
{
    /// <summary>What the answers said; null for one that never came.</summary>
    public ConcurrentQueue<AddAnswer?> Answers { get; } = new();

    /// <summary>The order's id, when at least one answer said that it stands.</summary>
    public long? Acknowledged => Answers.FirstOrDefault(a => a is { IsAccepted: true })?.Order;

    public (string Name, string Value)[] Parameters =>
        [("service", Service), ("link", Link), ("quantity", Quantity.ToString()), ("order_reference", Reference)];

    public async Task<AddAnswer?> SendAsync(ApiCaller caller)
    {
        var answer = await caller.TryAddAsync(Customer.Key.Key, Parameters);
        Answers.Enqueue(answer);
        return answer;
    }
}

/// <summary>What customers remember of all that they sent: the word against which a node is held after a crash.</summary>
internal sealed class Journal(IReadOnlyList<OpenedAccount> customers, IReadOnlyList<string> services)
{
    private const int Senders = 16, MostOfOneSender = 2_000;
    private readonly ConcurrentQueue<Sent> _all = new();

    /// <summary>Everything that was sent so far.</summary>
    public IReadOnlyCollection<Sent> All => _all;

    /// <summary>
    /// Sends orders over sixteen connections until the node answers no more (or each has sent its share): of every customer and service, some
    /// twice at once, as impatient clients do, and some that must be refused.
    /// </summary>
    public Task LoadAsync(ApiCaller caller, string round) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAsync(caller, round, sender))));

    private async Task SendAsync(ApiCaller caller, string round, int sender)
    {
        for (var n = 0; n < MostOfOneSender; n++)
        {
            var number = (sender * MostOfOneSender) + n;
            var sent = new Sent(
                customers[number % customers.Count], services[number / 3 % services.Count], $"https://example.com/{round}/{number}",
                number % 11 == 0 ? 5 : 10 + (number % 90 * 10), $"{round}-{number}");
            _all.Enqueue(sent);
            var answers = await Task.WhenAll(Enumerable.Range(0, number % 5 == 0 ? 2 : 1).Select(_ => sent.SendAsync(caller)));
            if (answers.Contains(null))
            {
                return;
            }
        }
    }
}
