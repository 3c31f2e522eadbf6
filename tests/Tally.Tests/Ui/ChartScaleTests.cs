using CsCheck;
using Shouldly;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

public sealed class ChartScaleTests
{
    [Fact]
    public void Every_value_is_within_the_axis_which_has_few_round_lines_and_the_zero() =>
        Gen.Select(Gen.OneOf(Gen.Long[-2_000, 2_000], Gen.Long[-4_000_000_000_000, 9_000_000_000_000_000]).Array[0, 40], Gen.OneOf(Gen.Const(1L), Gen.Const(100_000L))).Sample((values, least) =>
        {
            var scale = ChartScale.For(values, least);
            scale.Low.ShouldBeLessThanOrEqualTo(0);
            scale.High.ShouldBeGreaterThan(scale.Low);
            values.ShouldAllBe(v => v >= scale.Low && v <= scale.High);
            var lines = scale.Lines.ToList();
            lines.ShouldContain(0L);
            lines.ShouldContain(scale.High);
            lines.Count.ShouldBeInRange(2, 7);
            scale.Step.ShouldBeGreaterThanOrEqualTo(least);
            scale.Step.ToString(System.Globalization.CultureInfo.InvariantCulture).TrimEnd('0').ShouldBeOneOf("1", "2", "5");
        });

    [Fact]
    public void Bars_begin_at_the_zero_and_end_at_their_value()
    {
        var scale = ChartScale.For([-50, 0, 150], 1);
        (scale.Low, scale.High, scale.Step).ShouldBe((-50, 150, 50));
        (scale.FromTop(150), scale.FromTop(0), scale.FromTop(-50)).ShouldBe(("0%", "75%", "100%"));
        (scale.Length(150), scale.Length(-50)).ShouldBe(("75%", "25%"));
    }

    [Fact]
    public void Percents_are_written_as_SVG_reads_them_in_every_language()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("vi");
        try
        {
            ChartScale.Percent(12.345m).ShouldBe("12.35%");
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }
}
