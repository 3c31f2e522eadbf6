using Shouldly;
using Tally.Torture;
using Xunit;

namespace Tally.Tests.Torture;

/// <summary>How faults are dealt.</summary>
public sealed class FaultBagTests
{
    private static readonly int Rounds = AllFaults.List.Count * 10;

    [Fact]
    public void Each_fault_comes_before_any_comes_again()
    {
        var dealt = Deal(seed: 1).SelectMany(round => round).Select(f => f.Name).ToList();
        foreach (var bag in dealt.Chunk(AllFaults.List.Count).SkipLast(1))
        {
            bag.ShouldBe(AllFaults.List.Select(f => f.Name), ignoreOrder: true);
        }
    }

    [Fact]
    public void The_same_seed_deals_the_same_and_another_one_another()
    {
        Names(Deal(seed: 1)).ShouldBe(Names(Deal(seed: 1)));
        Names(Deal(seed: 1)).ShouldNotBe(Names(Deal(seed: 2)));
    }

    [Fact]
    public void Faults_that_strike_at_once_grip_different_things_and_none_hinders_a_change_of_keys()
    {
        var pairs = Deal(seed: 3).Where(round => round.Count > 1).ToList();
        pairs.Count.ShouldBeGreaterThan(Rounds / 20);
        pairs.ShouldAllBe(pair => pair.Count == 2 && (pair[0].Grip & pair[1].Grip) == Grip.None && !pair[0].Grip.HasFlag(Grip.Access) && !pair[1].Grip.HasFlag(Grip.Access));
    }

    [Fact]
    public void Without_any_fault_there_is_no_torture() => Should.Throw<InvalidInputException>(() => new FaultBag([], new Random(1))).Message.ShouldContain("kill -9");

    private static List<IReadOnlyList<TortureFault>> Deal(int seed)
    {
        var bag = new FaultBag(AllFaults.List, new Random(seed));
        return [.. Enumerable.Range(0, Rounds).Select(_ => bag.Next())];
    }

    private static IEnumerable<string> Names(IEnumerable<IReadOnlyList<TortureFault>> rounds) => rounds.Select(round => string.Join(" + ", round.Select(f => f.Name)));
}
