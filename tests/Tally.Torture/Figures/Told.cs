using Tally.Demo;

namespace Tally.Torture;

/// <summary>The counts of a run, in the order in which they are told.</summary>
internal static class Told
{
    public static IReadOnlyDictionary<string, long> Counts(Counters counters, Journal journal, TorturedPanel panel, long waiting, IReadOnlyCollection<Violation> violations) => new Dictionary<string, long>(StringComparer.Ordinal)
    {
        ["requests"] = counters.Requests,
        ["orders acknowledged"] = journal.Wishes.Count(w => w.Acknowledged is not null),
        ["orders refused"] = counters.Refused,
        ["retries"] = counters.Retries,
        ["replays"] = counters.Replays,
        ["connections dropped by customers"] = counters.Dropped,
        ["requests without an answer"] = counters.Silent,
        ["answers \"temporarily unavailable\""] = counters.Unavailable,
        ["orders without a reference that stayed unknown"] = journal.Wishes.Count(w => w.Acknowledged is null && w.Attempts.Any(a => a.Kind == AnswerKind.Unknown)),
        ["status requests"] = counters.Statuses,
        ["cancels accepted"] = counters.Cancels,
        ["refills accepted"] = counters.Refills,
        ["keys revoked"] = journal.Revoked.Count,
        ["address lists that shut customers out"] = journal.Closed.Count,
        ["orders that wait for a person at the end"] = waiting,
        ["orders at providers"] = panel.Upstreams.Sum(u => (long)u.Provider.OrdersTaken.Count),
        ["calls to providers"] = panel.Upstreams.Sum(u => Enum.GetValues<SimulatedAction>().Sum(u.Provider.Received.Total)),
        ["lost"] = violations.Count(v => v.Check == Violation.Lost),
        ["doubled"] = violations.Count(v => v.Check is Violation.Doubled or "sent twice"),
        ["violations in all"] = violations.Count,
    };
}
