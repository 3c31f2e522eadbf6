using Dapper;
using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>A refill upstream is a submit: asked for once, and whatever is unclear is not asked for again by itself.</summary>
public sealed class RefillSendingTests
{
    [Theory, BothStores]
    public async Task A_refill_without_a_clear_answer_ends_as_an_error_and_may_be_asked_for_again_a_day_later(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var refill = await turned.RefillAsync(provider, service);
        provider.Faults.Next(SimulatedAction.Refill, new Fault.Status(502, AfterTaking: true));
        await turned.TurnAsync<ForwardRefills>();
        var row = await turned.RowAsync(refill);
        (row.Status, row.CallState, row.DueAt, row.LeaseBy).ShouldBe((RefillStatus.Error, RefillCall.Unclear, null, null));
        row.Note!.ShouldContain("No clear answer");

        turned.Clock.Move(TimeSpan.FromMinutes(30));
        await turned.TurnAsync<ForwardRefills>();
        provider.Received.Total(SimulatedAction.Refill).ShouldBe(1);
        turned.Clock.Move(TimeSpan.FromHours(25));
        var second = await turned.AskAsync(row.OrderId);
        await turned.TurnAsync<ForwardRefills>();

        // The provider has the first one open: it refuses, and nothing is refilled twice.
        row = await turned.RowAsync(second);
        (row.Status, row.Note).ShouldBe((RefillStatus.Rejected, "The refill task is not completed for this order"));
    }

    [Theory, BothStores]
    public async Task A_refill_whose_node_died_while_it_asked_is_not_asked_for_again(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var refill = await turned.RefillAsync(provider, service);
        await turned.Panel.Get<RefillQueue>().ClaimToAskAsync(service.ProviderId!.Value, 10);
        (await turned.RowAsync(refill)).CallState.ShouldBe(RefillCall.Calling);

        // While the lease lasts the node may live.
        await turned.TurnAsync<ForwardRefills>();
        (await turned.RowAsync(refill)).EndedAt.ShouldBeNull();
        await ExecuteAsync(turned, "UPDATE refills SET due_at = 1, lease_by = NULL");
        await turned.TurnAsync<ForwardRefills>();
        var row = await turned.RowAsync(refill);
        (row.Status, row.CallState).ShouldBe((RefillStatus.Error, RefillCall.Unclear));
        row.Note!.ShouldContain("has gone");
        provider.Received.Total(SimulatedAction.Refill).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task The_answer_of_a_node_that_was_given_up_for_dead_is_better_than_the_doubt(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var refill = await turned.RefillAsync(provider, service);
        var queue = turned.Panel.Get<RefillQueue>();
        var claimed = (await queue.ClaimToAskAsync(service.ProviderId!.Value, 10)).ShouldHaveSingleItem();
        await ExecuteAsync(turned, "UPDATE refills SET due_at = 1, lease_by = NULL");
        await turned.TurnAsync<ForwardRefills>();
        await queue.WriteAsync(claimed, new RefillAnswer.Taken("4711"));
        var row = await turned.RowAsync(refill);
        (row.Status, row.ProviderRefill, row.EndedAt, row.Note).ShouldBe((RefillStatus.InProgress, "4711", null, null));

        // What the operator has settled stays settled.
        await turned.Panel.Get<SettleRefill>().RunAsync(refill, RefillStatus.Completed, "seen", "test", CancellationToken.None);
        await queue.WriteAsync(claimed, new RefillAnswer.Refused("late"));
        await queue.WriteAsync([(claimed, RefillStatus.Rejected, "late")]);
        (await turned.RowAsync(refill)).Status.ShouldBe(RefillStatus.Completed);
    }

    [Theory, BothStores]
    public async Task Flood_control_and_missing_funds_are_tried_again_with_growing_pauses(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var refill = await turned.RefillAsync(provider, service);
        turned.Clock.Stop();
        provider.Faults.Next(SimulatedAction.Refill, new Fault.TooManyRequests());
        provider.Faults.Next(SimulatedAction.Refill, new Fault.NotEnoughFunds());
        foreach (var (pause, words) in new[] { (4, "Rate limit exceeded"), (8, "Not enough funds on balance") })
        {
            await turned.TurnAsync<ForwardRefills>();
            var row = await turned.RowAsync(refill);
            (row.Status, row.CallState, row.Note).ShouldBe((RefillStatus.Pending, RefillCall.None, words));
            row.DueAt.ShouldBe(turned.Clock.GetUtcNow().ToUnixTimeMilliseconds() + (pause * 1_000));
            turned.Clock.Move(TimeSpan.FromSeconds(pause));
        }

        await turned.TurnAsync<ForwardRefills>();
        var taken = await turned.RowAsync(refill);
        (taken.Status, taken.ProviderRefill, taken.Note, taken.Attempt).ShouldBe((RefillStatus.InProgress, "1", null, 3));
    }

    [Theory, BothStores]
    public async Task A_paused_provider_is_asked_for_no_refill_but_how_the_others_stand(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, upstream, service) = await turned.AddProviderAsync();
        var there = await turned.RefillAsync(provider, service);
        await turned.TurnAsync<ForwardRefills>();
        var waiting = await turned.RefillAsync(provider, service);
        await turned.Panel.Get<ProviderBook>().PauseAsync(upstream.Id, "no money", CancellationToken.None);
        provider.SetRefillStatus(1, "Rejected");
        await turned.TurnAsync<ForwardRefills>();
        await turned.TurnAsync<FollowRefills>();
        provider.Received.Total(SimulatedAction.Refill).ShouldBe(1);
        var row = await turned.RowAsync(there);
        (row.Status, row.Note).ShouldBe((RefillStatus.Rejected, "The provider said: Rejected"));
        (await turned.RowAsync(waiting)).Attempt.ShouldBe(0);

        await turned.Panel.Get<ProviderBook>().PauseAsync(upstream.Id, null, CancellationToken.None);
        await turned.TurnAsync<ForwardRefills>();
        (await turned.RowAsync(waiting)).Status.ShouldBe(RefillStatus.InProgress);
    }

    [Theory, BothStores]
    public async Task A_slow_provider_holds_no_other_up(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (slow, _, slowService) = await turned.AddProviderAsync("slow");
        var (quick, _, quickService) = await turned.AddProviderAsync("quick");
        var late = await turned.RefillAsync(slow, slowService);
        slow.Faults.Next(SimulatedAction.Refill, new Fault.Delay(TimeSpan.FromSeconds(8)));
        var soon = await turned.RefillAsync(quick, quickService);
        await turned.TurnAsync<ForwardRefills>();
        (await turned.RowAsync(soon)).Status.ShouldBe(RefillStatus.InProgress);
        (await turned.RowAsync(late)).CallState.ShouldBe(RefillCall.Calling);

        // The next step, too.
        quick.SetRefillStatus(1, "Completed");
        await turned.TurnAsync<FollowRefills>();
        await turned.TurnAsync<ForwardRefills>();
        (await turned.RowAsync(late)).CallState.ShouldBe(RefillCall.Calling);
        await TestPanel.WaitAsync(async () => (await turned.RowAsync(late)).Status == RefillStatus.InProgress, "the slow provider's answer is written", 60);
        slow.Received.Total(SimulatedAction.Refill).ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task Only_as_many_are_claimed_as_are_asked_for_at_once_and_all_come_to_their_turn(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        for (var i = 0; i < 6; i++)
        {
            await turned.RefillAsync(provider, service);
        }

        provider.Faults.Next(SimulatedAction.Refill, new Fault.Delay(TimeSpan.FromSeconds(4)), calls: 4);
        await turned.TurnAsync<ForwardRefills>();
        (await turned.Panel.QueryAsync<long>("SELECT COUNT(*) FROM refills WHERE call_state = 1")).ShouldBe([4L]);
        await TestPanel.WaitAsync(async () => (await turned.Panel.QueryAsync<long>("SELECT COUNT(*) FROM refills WHERE provider_refill IS NOT NULL"))[0] == 6, "the provider has all", 60);
        provider.Received.Of(SimulatedAction.Refill).Select(c => c.Parameters["order"]).ShouldBeUnique();
    }

    [Theory, BothStores]
    public async Task A_refill_of_which_the_provider_knows_nothing_waits_for_the_operator_after_30_days(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var refill = await turned.RefillAsync(provider, service);
        await turned.TurnAsync<ForwardRefills>();
        await ExecuteAsync(turned, "UPDATE refills SET provider_refill = '999'");
        turned.Clock.Move(TimeSpan.FromDays(1));
        await turned.TurnAsync<FollowRefills>();
        var row = await turned.RowAsync(refill);
        (row.Status, row.Note, row.WaitsForOperator).ShouldBe((RefillStatus.InProgress, "Refill not found", false));

        turned.Clock.Move(TimeSpan.FromDays(30));
        await turned.TurnAsync<FollowRefills>();
        (await turned.RowAsync(refill)).WaitsForOperator.ShouldBeTrue();
        provider.Received.Total(SimulatedAction.RefillStatus).ShouldBe(2);
        await turned.TurnAsync<WatchRequests>();
        (await turned.Panel.Get<Tally.Operations.Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldHaveSingleItem().Text.ShouldStartWith("1 refills and 0 requests");
        await turned.Panel.Get<SettleRefill>().RunAsync(refill, RefillStatus.Rejected, "they lost it", "test", CancellationToken.None);
        await turned.TurnAsync<WatchRequests>();
        (await turned.Panel.Get<Tally.Operations.Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldBeEmpty();
    }

    private static async Task ExecuteAsync(TurnedPanel turned, string sql) =>
        await turned.Panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Transaction), CancellationToken.None);
}
