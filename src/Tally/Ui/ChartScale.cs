using System.Globalization;

namespace Tally.Ui;

/// <summary>A bar of a chart.</summary>
/// <param name="Label">What it stands for, in full: in the tooltip and in the table.</param>
/// <param name="Short">The same for the axis.</param>
/// <param name="Value">Its length, in any unit; below 0 it hangs down from the base line.</param>
/// <param name="Text">The value as people read it.</param>
public sealed record ChartBar(string Label, string Short, long Value, string Text);

/// <summary>The value axis of a chart: from a round figure to a round figure, both sides of 0 included as far as there are values.</summary>
/// <param name="Low">0 or below.</param>
/// <param name="High">Above <paramref name="Low"/>.</param>
/// <param name="Step">Between two grid lines: 1, 2 or 5 times a power of ten.</param>
internal sealed record ChartScale(long Low, long High, long Step)
{
    private const int MostSteps = 4;

    /// <summary>The grid lines, lowest first.</summary>
    public IEnumerable<long> Lines
    {
        get
        {
            for (var line = (Int128)Low; line <= High; line += Step)
            {
                yield return (long)line;
            }
        }
    }

    /// <summary>An axis that has room for all values.</summary>
    /// <param name="least">The smallest step, such as one whole unit of money, so that an empty chart has an axis too; 1 or more.</param>
    public static ChartScale For(IReadOnlyCollection<long> values, long least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        Int128 low = Math.Min(0, values.DefaultIfEmpty().Min()), high = Math.Max(0, values.DefaultIfEmpty().Max());
        var step = Round(Int128.Max(least, (high - low + MostSteps - 1) / MostSteps));
        var (bottom, top) = (-((-low + step - 1) / step) * step, (high + step - 1) / step * step);
        return new ChartScale(Fit(bottom), Fit(top == bottom ? top + step : top), Fit(step));
    }

    /// <summary>How far a value is from the top, in percent of the whole, as an SVG attribute takes it.</summary>
    public string FromTop(long value) => Percent(((decimal)High - value) * 100 / ((decimal)High - Low));

    /// <summary>The length of a value's bar in percent.</summary>
    public string Length(long value) => Percent(Math.Abs((decimal)value) * 100 / ((decimal)High - Low));

    internal static string Percent(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static Int128 Round(Int128 step)
    {
        Int128 power = 1;
        while (power * 10 <= step)
        {
            power *= 10;
        }

        return step <= power ? power : step <= power * 2 ? power * 2 : step <= power * 5 ? power * 5 : power * 10;
    }

    private static long Fit(Int128 value) => (long)Int128.Clamp(value, long.MinValue / 2, long.MaxValue / 2);
}
