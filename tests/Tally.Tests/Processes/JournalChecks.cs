using System.Globalization;
using Shouldly;
using Tally.Ledger;
using Tally.Testing;

namespace Tally.Tests.Processes;

/// <summary>Holds a panel to what its customers remember.</summary>
internal static class JournalChecks
{
    /// <summary>Every acknowledged order is in the store, once, just as it was sent, and nothing is there that was refused for its parameters.</summary>
    public static async Task ShouldBeStoredAsync(this ProcessPanel panel, Journal journal)
    {
        var stored = (await panel.QueryAsync<Row>(
            """
            SELECT o.id, o.account_id AS Account, o.service_id AS Service, o.link AS Link, o.quantity AS Quantity, r.reference AS Reference
            FROM orders o LEFT JOIN order_references r ON r.order_id = o.id AND r.account_id = o.account_id
            """)).ToList();
        stored.ShouldAllBe(row => row.Reference != null, "an order that was sent with a reference has lost it");
        stored.Select(row => row.Id).Distinct().Count().ShouldBe(stored.Count, "one order has two references");
        var byReference = stored.ToDictionary(row => (row.Account, row.Reference!));
        foreach (var sent in journal.All)
        {
            var found = byReference.Remove((sent.Customer.Id, sent.Reference), out var row);
            if (sent.Acknowledged is { } id)
            {
                found.ShouldBeTrue($"{sent} was acknowledged as {id} and is not there");
                row!.Id.ShouldBe(id);
                sent.Answers.Where(a => a is not null).ShouldAllBe(a => a!.Order == id);
            }

            if (found)
            {
                row.ShouldBe(new Row { Id = row!.Id, Account = sent.Customer.Id, Service = long.Parse(sent.Service, CultureInfo.InvariantCulture), Link = sent.Link, Quantity = sent.Quantity, Reference = sent.Reference });
                sent.Quantity.ShouldBeGreaterThanOrEqualTo(10, "it was refused");
            }
        }

        byReference.ShouldBeEmpty("an order that nobody sent");
        (await panel.CountAsync("SELECT COUNT(*) FROM order_references")).ShouldBe(stored.Count, "a reference without its order");
    }

    /// <summary>What each customer has left and what the orders cost is what the customer began with.</summary>
    public static async Task WalletsShouldAddUpAsync(this ProcessPanel panel, ApiCaller caller, Journal journal, IReadOnlyDictionary<long, Money> began)
    {
        var charged = (await panel.QueryAsync<(long Account, long Charge)>("SELECT account_id, CAST(SUM(charge) AS BIGINT) FROM orders GROUP BY account_id")).ToDictionary(r => r.Account, r => r.Charge);
        foreach (var customer in journal.All.Select(s => s.Customer).Distinct())
        {
            var left = Money.Parse(await caller.BalanceAsync(customer.Key.Key));
            left.Units.ShouldBe(began[customer.Id].Units - charged.GetValueOrDefault(customer.Id), customer.Email);
            left.ShouldBeGreaterThanOrEqualTo(Money.Zero);
        }
    }

    /// <summary>Sends everything of a round again: what was acknowledged answers its id, and what nobody knew of stands now once, or was refused.</summary>
    public static async Task ShouldAnswerAgainAsync(this Journal journal, ApiCaller caller, string round)
    {
        var mine = journal.All.Where(s => s.Reference.StartsWith(round + "-", StringComparison.Ordinal)).ToList();
        foreach (var some in mine.Chunk(64))
        {
            await Task.WhenAll(some.Select(async sent =>
            {
                var before = sent.Acknowledged;
                var answer = (await sent.SendAsync(caller)).ShouldNotBeNull($"{sent} got no answer from a node that runs");
                if (before is not null)
                {
                    answer.ShouldBe(new AddAnswer(before, null, null), $"{sent} was {before}");
                }
                else if (!answer.IsAccepted)
                {
                    answer.Code.ShouldBe(sent.Quantity < 10 ? "min_quantity" : "not_enough_funds", sent.ToString());
                }
            }));
        }
    }

    /// <summary>The node knows every acknowledged order of a round by its id, and its customer may see it.</summary>
    public static async Task StatusShouldAnswerAsync(this Journal journal, ApiCaller caller, string round)
    {
        var mine = journal.All.Where(s => s.Reference.StartsWith(round + "-", StringComparison.Ordinal) && s.Acknowledged is not null);
        foreach (var ofCustomer in mine.GroupBy(s => s.Customer))
        {
            foreach (var some in ofCustomer.Chunk(100))
            {
                var ids = some.Select(s => s.Acknowledged!.Value.ToString(CultureInfo.InvariantCulture)).ToList();
                var answer = await caller.CallAsync(ofCustomer.Key.Key.Key, "status", ("orders", string.Join(',', ids)));
                answer.EnumerateObject().Select(p => p.Name).ShouldBe(ids, ignoreOrder: true);
                answer.EnumerateObject().ShouldAllBe(p => p.Value.GetProperty("status").GetString() == "Pending");
            }
        }
    }

    private sealed record Row
    {
        public long Id { get; init; }

        public long Account { get; init; }

        public long Service { get; init; }

        public string Link { get; init; } = "";

        public long Quantity { get; init; }

        public string? Reference { get; init; }
    }
}
