using System.Globalization;
using System.Text.Json;

namespace Tally.Torture;

/// <summary>How often a fault has struck, and how long it took each time until all was well again.</summary>
internal sealed class FaultFigures
{
    private readonly List<Recovered> _recovered = [];

    public int Count { get; private set; }

    public IReadOnlyList<Recovered> All => _recovered;

    public void Add(Recovered recovered)
    {
        Count++;
        _recovered.Add(recovered);
    }
}

/// <summary>What a run has come to.</summary>
internal sealed record RunFigures
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public required int Seed { get; init; }

    public required string Store { get; init; }

    public required double Seconds { get; init; }

    /// <summary>By name: how often, and how long the recovery took.</summary>
    public required IReadOnlyDictionary<string, FaultLine> Faults { get; init; }

    /// <summary>By name: why a fault could not strike here.</summary>
    public required IReadOnlyDictionary<string, string> LeftOut { get; init; }

    /// <summary>Whether it was ended before its time: then nothing was settled and checked at the end.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>By name: what was counted.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }

    /// <summary>The median and the longest of some times, in seconds.</summary>
    public static (double Median, double Longest) Of(IEnumerable<TimeSpan> times)
    {
        var seconds = times.Select(t => t.TotalSeconds).Order().ToList();
        return seconds.Count == 0 ? (0, 0) : ((seconds[(seconds.Count - 1) / 2] + seconds[seconds.Count / 2]) / 2, seconds[^1]);
    }

    /// <summary>For machines.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    /// <summary>As a table for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"store {Store}, seed {Seed}, {TimeSpan.FromSeconds(Seconds):hh\\:mm\\:ss}");
        yield return "";
        yield return "fault                                      struck   serving again (s)     sending again (s)";
        yield return "                                                     median    longest     median    longest";
        foreach (var (name, line) in Faults)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{name,-42} {line.Struck,6} {line.ServingMedian,10:0.0} {line.ServingLongest,10:0.0} {line.SendingMedian,10:0.0} {line.SendingLongest,10:0.0}");
        }

        foreach (var (name, why) in LeftOut)
        {
            yield return $"{name,-42} left out: {why}";
        }

        yield return "";
        foreach (var (name, count) in Counts)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{name,-42} {count,10:N0}");
        }
    }
}

/// <summary>A fault's figures; times in seconds.</summary>
internal sealed record FaultLine(int Struck, double ServingMedian, double ServingLongest, double SendingMedian, double SendingLongest)
{
    public static FaultLine Of(FaultFigures figures)
    {
        var (serving, sending) = (RunFigures.Of(figures.All.Select(r => r.Serving)), RunFigures.Of(figures.All.Select(r => r.Sending)));
        return new FaultLine(figures.Count, serving.Median, serving.Longest, sending.Median, sending.Longest);
    }
}
