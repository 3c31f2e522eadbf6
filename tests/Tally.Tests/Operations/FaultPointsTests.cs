using Shouldly;
using Tally.Operations;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>The switch with which tests kill a process at a point; in service it is off.</summary>
public sealed class FaultPointsTests
{
    [Fact]
    public async Task Without_a_name_nothing_happens_at_any_point()
    {
        var killed = 0;
        var points = FaultPoints.Of(null, () => killed++);
        foreach (var point in Enum.GetValues<FaultPoint>())
        {
            await points.ReachAsync(point);
        }

        killed.ShouldBe(0);
    }

    [Theory]
    [InlineData("SendAnswered", 1)]
    [InlineData("SendAnswered@3", 3)]
    public async Task The_process_dies_at_the_named_point_the_nth_time_and_nowhere_else(string text, int time)
    {
        var (killed, reached) = (0, 0);
        var points = FaultPoints.Of(text, () => killed = reached);
        while (reached < 5)
        {
            reached++;
            await points.ReachAsync(FaultPoint.SendWritten);
            await points.ReachAsync(FaultPoint.SendAnswered);
        }

        killed.ShouldBe(time);
    }

    [Theory]
    [InlineData("sendanswered")]
    [InlineData("Nowhere")]
    [InlineData("SendAnswered@0")]
    [InlineData("SendAnswered@x")]
    [InlineData("SendAnswered@1@2")]
    [InlineData("3")]
    public void A_point_that_there_is_not_is_refused_with_those_that_there_are(string text) =>
        Should.Throw<InvalidInputException>(() => FaultPoints.Of(text, () => { })).Message.ShouldContain("RefillWritten");
}
