namespace Tally.Catalog;

/// <summary>What customers are told of a service. The numbers are stored; never renumber.</summary>
public enum ServiceChangeKind : short
{
    /// <summary>It is sold for the first time.</summary>
    New = 1,

    PriceUp = 2,
    PriceDown = 3,

    /// <summary>It is not sold any more, for now.</summary>
    Off = 4,

    /// <summary>It is sold again.</summary>
    On = 5,

    /// <summary>Its smallest or largest quantity.</summary>
    Limits = 6,

    Renamed = 7,
    TypeChanged = 8,
}

/// <summary>A line of the log of changes: what customers see as <em>Updates</em>.</summary>
/// <param name="At">Unix ms.</param>
/// <param name="Name">The service's name after the change.</param>
/// <param name="Was">What it was: a rate, <c>min–max</c>, a name or a type; null where there is nothing to compare.</param>
/// <param name="Now">What it is.</param>
public sealed record ServiceChange(long Id, long At, long ServiceId, ServiceChangeKind Kind, string Name, string? Was, string? Now);

/// <summary>Finds what customers are to be told.</summary>
internal static class ServiceChanges
{
    /// <summary>The lines for one service; none while it is not sold, before and after. The ids and the time are still to come.</summary>
    /// <param name="before">Null for a new one.</param>
    public static IEnumerable<ServiceChange> Between(Service? before, Service after)
    {
        ServiceChange Line(ServiceChangeKind kind, string? was = null, string? now = null) => new(0, 0, after.Id, kind, after.Name, was, now);
        if (before is not { Sold: true } || !after.Sold)
        {
            return (before, after) switch
            {
                (null, { Sold: true }) => [Line(ServiceChangeKind.New, null, after.Rate.ToString())],
                ({ Sold: true }, { Sold: false }) => [Line(ServiceChangeKind.Off)],
                ({ Sold: false }, { Sold: true }) => [Line(ServiceChangeKind.On, null, after.Rate.ToString())],
                _ => [],
            };
        }

        return Lines();

        IEnumerable<ServiceChange> Lines()
        {
            if (before.Type != after.Type)
            {
                yield return Line(ServiceChangeKind.TypeChanged, before.Rules.WireName, after.Rules.WireName);
            }

            if (before.Rate != after.Rate)
            {
                yield return Line(after.Rate > before.Rate ? ServiceChangeKind.PriceUp : ServiceChangeKind.PriceDown, before.Rate.ToString(), after.Rate.ToString());
            }

            if ((before.Min, before.Max) != (after.Min, after.Max))
            {
                yield return Line(ServiceChangeKind.Limits, $"{before.Min}–{before.Max}", $"{after.Min}–{after.Max}");
            }

            if (before.Name != after.Name)
            {
                yield return Line(ServiceChangeKind.Renamed, before.Name, after.Name);
            }
        }
    }
}
