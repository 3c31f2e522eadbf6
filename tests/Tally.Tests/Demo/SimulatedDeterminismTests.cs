using CsCheck;
using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class SimulatedDeterminismTests
{
    private static readonly Fault Reset = new Fault.ResetAfterTaking();

    [Fact]
    public async Task The_same_seed_gives_every_order_the_same_course()
    {
        (await CoursesAsync(seed: 7)).ShouldBe(await CoursesAsync(seed: 7));
        (await CoursesAsync(seed: 7)).ShouldNotBe(await CoursesAsync(seed: 8));
    }

    [Fact]
    public void The_same_seed_gives_the_same_faults() => Gen.Int.Sample(seed =>
        Strikes(new FaultScript(seed)).SequenceEqual(Strikes(new FaultScript(seed))));

    [Fact]
    public void Another_seed_gives_other_faults() => Strikes(new FaultScript(1)).ShouldNotBe(Strikes(new FaultScript(2)));

    [Fact]
    public void Chance_strikes_about_as_often_as_asked_for() =>
        Strikes(new FaultScript(1), calls: 10_000).Count(struck => struck).ShouldBeInRange(2_800, 3_200);

    [Fact]
    public void Scripted_calls_come_before_chance_in_the_order_they_were_scripted()
    {
        var script = new FaultScript(1);
        script.WithProbability(SimulatedAction.Add, 1, Reset);
        script.Next(SimulatedAction.Add, new Fault.Empty(), calls: 2);
        script.Next(SimulatedAction.Add, new Fault.Html());
        Enumerable.Range(0, 5).Select(_ => script.Take(SimulatedAction.Add))
            .ShouldBe([new Fault.Empty(), new Fault.Empty(), new Fault.Html(), Reset, Reset]);
        script.Take(SimulatedAction.Status).ShouldBeNull();
        script.Clear();
        script.Take(SimulatedAction.Add).ShouldBeNull();
    }

    [Fact]
    public void Exactly_the_next_n_calls_fail_however_many_threads_call()
    {
        var script = new FaultScript(1);
        script.Next(SimulatedAction.Add, Reset, calls: 300);
        var struck = 0;
        Parallel.For(0, 1_000, _ =>
        {
            if (script.Take(SimulatedAction.Add) is not null)
                Interlocked.Increment(ref struck);
        });
        struck.ShouldBe(300);
    }

    [Fact]
    public void A_roll_stays_within_its_range() => Gen.Select(
        Gen.Int, Gen.Long[0, 1_000_000], Gen.Long[0, 100], Gen.Long[0, 100]).Sample((seed, number, min, more) =>
    {
        var roll = Dice.Between(min, min + more, seed, number, DiceUse.DeliveryTime);
        return roll >= min && roll <= min + more && roll == Dice.Between(min, min + more, seed, number, DiceUse.DeliveryTime);
    });

    [Fact]
    public void Remains_never_rise_and_a_charge_never_exceeds_the_cost() => Gen.Select(
        Gen.Long[1, 1_000_000], Gen.Int[1, 99], Gen.Int[1, 1_000_000], Gen.Bool).Sample((quantity, percent, number, partial) =>
    {
        OrderEnding ending = partial ? new OrderEnding.Partial(percent) : new OrderEnding.Completed();
        var cost = Price.Of(0.8m, quantity, per: 1000);
        var course = OrderCourse.For(new SimulatedProviderOptions(), number, 0, new OrderScript { Ending = ending }, quantity, cost);
        var states = Enumerable.Range(0, 90).Select(step => course.At(step * 100L)).ToList();
        return states.Zip(states.Skip(1)).All(pair => pair.First.Remains >= pair.Second.Remains)
            && states.TrueForAll(state => state.Charge >= 0 && state.Charge <= cost && state.Remains >= 0 && state.Remains <= quantity)
            && states[^1].IsFinal;
    });

    private static List<bool> Strikes(FaultScript script, int calls = 200)
    {
        script.WithProbability(SimulatedAction.Add, 0.3, Reset);
        return [.. Enumerable.Range(0, calls).Select(_ => script.Take(SimulatedAction.Add) is not null)];
    }

    private static async Task<List<string>> CoursesAsync(int seed)
    {
        await using var caller = await ProviderCaller.StartAsync(options => options with { Seed = seed });
        for (var i = 0; i < 20; i++)
            _ = await caller.OrderAsync($"https://example.com/{i}");
        var seen = new List<string>();
        for (var second = 0; second < 9; second++)
        {
            seen.Add((await caller.CallAsync("status", ("orders", string.Join(',', Enumerable.Range(1, 20))))).ToJsonString());
            caller.Time.Advance(TimeSpan.FromSeconds(1));
        }

        return seen;
    }
}
