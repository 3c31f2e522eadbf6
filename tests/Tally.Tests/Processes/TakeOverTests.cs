using System.Globalization;
using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>Two workers on one PostgreSQL, one of them killed in mid-sending, again and again: nothing is sent twice, nothing is forgotten, and the survivor takes over within 15 s.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class TakeOverTests
{
    private const int Kills = 4, OrdersEach = 60;
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_survivor_takes_over_from_a_node_that_was_killed_while_it_sent(bool references)
    {
        await using var dispatch = await Dispatch.CreateAsync(StoreKind.Postgres, references);
        dispatch.Upstream.Faults.WithProbability(SimulatedAction.Add, 1, new Fault.Delay(TimeSpan.FromMilliseconds(400)));
        var survivor = await dispatch.Panel.ServeAsync("--roles", "worker");
        for (var kill = 0; kill < Kills; kill++)
        {
            var victim = await dispatch.Panel.ServeAsync("--roles", "worker");
            await dispatch.PlaceAsync(OrdersEach, string.Create(CultureInfo.InvariantCulture, $"k{kill}-"));
            var name = await VictimIsSendingAsync(dispatch, victim);
            await victim.KillAsync();
            var killed = TimeProvider.System.GetTimestamp();
            await TestPanel.WaitAsync(async () => await LeasedAsync(dispatch, name) == 0, "the survivor has taken over", 30);
            TimeProvider.System.GetElapsedTime(killed).ShouldBeLessThan(AtMost);
            await TestPanel.WaitAsync(
                async () => await dispatch.CountAsync(SendState.Ready) + await dispatch.CountAsync(SendState.Sending) == 0, "everything is sent or in doubt", 60);
        }

        if (references)
        {
            await TestPanel.WaitAsync(async () => await dispatch.CountAsync(SendState.Sent) == Kills * OrdersEach, "all orders are sent", 60);
            dispatch.Upstream.OrdersTaken.Count.ShouldBe(Kills * OrdersEach);
        }

        var unconfirmed = await dispatch.ShouldBeSoundAsync(Kills * OrdersEach);
        (unconfirmed > 0).ShouldBe(!references, "what was under way is in doubt, unless a reference makes it sure");
        (await dispatch.Panel.CountAsync("SELECT COUNT(*) FROM nodes")).ShouldBe(1, "only the survivor is known");
        (await survivor.StopAsync()).ShouldBe(0);
    }

    // Which of the two names is whose is not said anywhere: the victim's is the one with its process id.
    private static async Task<string> VictimIsSendingAsync(Dispatch dispatch, TallyProcess victim)
    {
        string? name = null;
        await TestPanel.WaitAsync(
            async () => (name = (await dispatch.Panel.QueryAsync<string>("SELECT DISTINCT lease_by FROM orders WHERE send_state = @sending AND lease_by IS NOT NULL", new { sending = (int)SendState.Sending }))
                .FirstOrDefault(n => n.Contains(string.Create(CultureInfo.InvariantCulture, $":{victim.Id}:"), StringComparison.Ordinal))) is not null,
            "the node that is to be killed is sending", 60);
        return name!;
    }

    private static Task<long> LeasedAsync(Dispatch dispatch, string node) =>
        dispatch.Panel.CountAsync("SELECT COUNT(*) FROM orders WHERE lease_by = @node AND send_state = @sending", new { node, sending = (int)SendState.Sending });
}
