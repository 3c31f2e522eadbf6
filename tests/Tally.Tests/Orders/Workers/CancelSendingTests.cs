using Shouldly;
using Tally.Demo;
using Tally.Orders;
using Tally.Orders.Workers;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Orders.Workers;

/// <summary>A request to cancel moves no money by itself, so it may be asked for again; but not for ever.</summary>
public sealed class CancelSendingTests
{
    [Theory, BothStores]
    public async Task An_answer_that_was_lost_is_asked_for_again_and_an_open_request_there_is_an_accepted_one(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var order = (await turned.SentAsync(service)).Id;
        await turned.CancelAsync(order);
        provider.Faults.Next(SimulatedAction.Cancel, new Fault.ResetAfterTaking());
        await turned.TurnAsync<ForwardCancels>();
        (await turned.CancelRowAsync(order)).Note!.ShouldContain("No clear answer");
        turned.Clock.Move(TimeSpan.FromSeconds(5));
        await turned.TurnAsync<ForwardCancels>();
        var row = await turned.CancelRowAsync(order);
        (row.State, row.Note, row.EndedAt).ShouldBe((CancelState.Forwarded, "The cancel request is not completed for this order", null));
        await turned.Panel.ShouldHoldAsync("998500", order, "0");
    }

    [Theory, BothStores]
    public async Task After_some_unclear_answers_the_operator_decides_and_the_customer_may_ask_again(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var order = (await turned.SentAsync(service)).Id;
        await turned.CancelAsync(order);
        provider.Faults.Next(SimulatedAction.Cancel, new Fault.Html(), calls: 100);
        for (var i = 0; i < 100 && !(await turned.CancelRowAsync(order)).WaitsForOperator; i++)
        {
            // What the breaker holds back while the provider fails was not asked, and does not count.
            await turned.TurnAsync<ForwardCancels>();
            turned.Clock.Move(TimeSpan.FromMinutes(11));
            await Task.Delay(50);
        }

        turned.Clock.Move(TimeSpan.FromDays(1));
        await turned.TurnAsync<ForwardCancels>();

        provider.Received.Total(SimulatedAction.Cancel).ShouldBe(CancelAnswer.MostUnclear);
        var row = await turned.CancelRowAsync(order);
        (row.State, row.WaitsForOperator).ShouldBe((CancelState.Open, true));
        row.Note!.ShouldContain("the operator decides");

        await turned.Panel.Get<RejectCancel>().RunAsync(row.Id, "they do not answer", "lan", CancellationToken.None);
        row = await turned.CancelRowAsync(order);
        (row.State, row.Note).ShouldBe((CancelState.Rejected, "they do not answer"));
        provider.Faults.Clear();
        await turned.CancelAsync(order);
        await Task.Delay(1_000);
        await turned.TurnAsync<ForwardCancels>();
        (await turned.CancelRowAsync(order)).State.ShouldBe(CancelState.Forwarded);
        await turned.Panel.ShouldHoldAsync("998500", order, "0");
    }

    [Theory, BothStores]
    public async Task Many_are_passed_on_in_one_call_and_one_that_is_left_out_comes_again_alone(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, _, service) = await turned.AddProviderAsync();
        var orders = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            orders.Add((await turned.SentAsync(service)).Id);
            await turned.CancelAsync(orders[i]);
        }

        provider.Faults.Next(SimulatedAction.Cancel, new Fault.OmitIds(2));
        await turned.TurnAsync<ForwardCancels>();
        provider.Received.Of(SimulatedAction.Cancel).ShouldHaveSingleItem().Parameters["orders"].Split(',').Length.ShouldBe(5);
        (await turned.Panel.QueryAsync<long>("SELECT COUNT(*) FROM cancels WHERE state = 1")).ShouldBe([3L]);
        turned.Clock.Move(TimeSpan.FromSeconds(5));
        await turned.TurnAsync<ForwardCancels>();
        provider.Received.Of(SimulatedAction.Cancel).Skip(1).Select(c => c.Parameters["orders"].Split(',').Length).ShouldBe([1, 1]);
        (await turned.Panel.QueryAsync<long>("SELECT COUNT(*) FROM cancels WHERE state = 1")).ShouldBe([5L]);
    }

    [Theory, BothStores]
    public async Task A_wrong_key_rejects_no_request(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (provider, upstream, service) = await turned.AddProviderAsync();
        var order = (await turned.SentAsync(service)).Id;
        await turned.CancelAsync(order);
        var save = turned.Panel.Get<Tally.Providers.SaveProvider>();
        await save.MoveAsync(upstream.Id, provider.Url, "another key", CancellationToken.None);
        await turned.TurnAsync<ForwardCancels>();
        var row = await turned.CancelRowAsync(order);
        (row.State, row.Note, row.WaitsForOperator).ShouldBe((CancelState.Open, "Invalid API key", false));
        await save.MoveAsync(upstream.Id, provider.Url, provider.Key, CancellationToken.None);
        turned.Clock.Move(TimeSpan.FromSeconds(5));
        await turned.TurnAsync<ForwardCancels>();
        (await turned.CancelRowAsync(order)).State.ShouldBe(CancelState.Forwarded);
    }

    [Theory, BothStores]
    public async Task A_slow_provider_holds_no_others_requests_up(StoreKind kind)
    {
        await using var turned = await TurnedPanel.StartAsync(kind);
        var (slow, _, slowService) = await turned.AddProviderAsync("slow");
        var (_, _, quickService) = await turned.AddProviderAsync("quick");
        var (late, soon) = ((await turned.SentAsync(slowService)).Id, (await turned.SentAsync(quickService)).Id);
        slow.Faults.Next(SimulatedAction.Cancel, new Fault.Delay(TimeSpan.FromSeconds(5)));
        await turned.CancelAsync(late);
        await turned.CancelAsync(soon);
        await turned.TurnAsync<ForwardCancels>();
        (await turned.CancelRowAsync(soon)).State.ShouldBe(CancelState.Forwarded);
        (await turned.CancelRowAsync(late)).State.ShouldBe(CancelState.Open);
        await TestPanel.WaitAsync(async () => (await turned.CancelRowAsync(late)).State == CancelState.Forwarded, "the slow provider's answer is written", 60);
        slow.Received.Total(SimulatedAction.Cancel).ShouldBe(1);
    }
}
