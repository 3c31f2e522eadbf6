using Shouldly;
using Tally.Accounts;
using Tally.Ledger;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>
/// A node is killed (SIGKILL) in the middle of its work, again and again, and started again on the same store: what it acknowledged stands, exactly once;
/// what it refused took nothing; what nobody knows is settled by sending it again.
/// </summary>
[Collection(ProcessesCollection.Name)]
public sealed class KilledUnderLoadTests
{
    private const int Kills = 5;

    [Theory, BothStores]
    public async Task Five_kills_under_load_lose_nothing_and_double_nothing(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        string[] balances = ["1000000", "1000000", "1000000", "20"]; // the last customer runs dry on the way
        var customers = new List<OpenedAccount>();
        foreach (var balance in balances)
        {
            customers.Add(await panel.OpenAccountAsync($"customer{customers.Count}@example.com", balance));
        }

        var began = customers.Zip(balances).ToDictionary(c => c.First.Id, c => Money.Parse(c.Second));
        var journal = new Journal(customers, [await panel.AddServiceAsync(rate: "1.23457"), await panel.AddServiceAsync(rate: "0.99999")]);

        var node = await panel.ServeAsync();
        for (var kill = 0; kill < Kills; kill++)
        {
            var round = $"round{kill}";
            await KillUnderLoadAsync(node, journal, round, acknowledged: 50 + (250 * kill));
            await panel.ShouldBeStoredAsync(journal);
            await panel.VerifyAsync();

            node = await panel.ServeAsync();
            using var caller = new ApiCaller(node.Address);
            await journal.StatusShouldAnswerAsync(caller, round);
            await panel.WalletsShouldAddUpAsync(caller, journal, began);
            await journal.ShouldAnswerAgainAsync(caller, round);
        }

        await panel.ShouldBeStoredAsync(journal);
        using var last = new ApiCaller(node.Address);
        await panel.WalletsShouldAddUpAsync(last, journal, began);
        (await panel.VerifyAsync()).ShouldBe(journal.All.Count(s => s.Acknowledged is not null));
        journal.All.SelectMany(s => s.Answers).ShouldContain(a => a != null && a.Code == "not_enough_funds", "nobody ran dry, so that refusals were not tested");
    }

    /// <summary>Kills the node while it answers: some requests of every round stay without an answer.</summary>
    /// <param name="acknowledged">When: after so many orders. Not after a time, in which a fast machine is done with all of them.</param>
    private static async Task KillUnderLoadAsync(TallyProcess node, Journal journal, string round, int acknowledged)
    {
        using var caller = new ApiCaller(node.Address);
        var before = journal.All.Count;
        var load = journal.LoadAsync(caller, round);
        await TestPanel.WaitAsync(() => Task.FromResult(journal.All.Skip(before).Count(s => s.Acknowledged is not null) >= acknowledged), $"{acknowledged} orders are acknowledged", 60);
        await node.KillAsync();
        await load;

        var sent = journal.All.Skip(before).ToList();
        sent.Count(s => s.Acknowledged is not null).ShouldBeGreaterThanOrEqualTo(acknowledged);
        sent.Count(s => s.Answers.Contains(null)).ShouldBeGreaterThan(0, "the load was over before the kill");
    }
}
