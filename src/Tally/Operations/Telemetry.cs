using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tally.Operations;

/// <summary>
/// What Tally counts and times. Everything is a static call that costs a comparison when nobody listens. Tags take values from small closed sets only
/// (a type, a code, an outcome): never an id, a link or an address, since each new value is a new series in memory.
/// </summary>
public static class Telemetry
{
    public const string Name = "Tally";

    private static readonly Meter s_meter = new(Name);
    private static readonly ConcurrentDictionary<Observed, byte> s_queues = new(), s_alerts = new();

    private static readonly Counter<long> s_placed =
        s_meter.CreateCounter<long>("tally.orders.placed", "{order}", "Orders stored and charged, by service type");
    private static readonly Counter<long> s_refused =
        s_meter.CreateCounter<long>("tally.orders.refused", "{order}", "Orders not placed, by error code");
    private static readonly Histogram<int> s_batchSize =
        s_meter.CreateHistogram("tally.commit.batch_size", "{order}", "Drafts in one commit", null, UpTo<int>(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024));
    private static readonly Histogram<double> s_commitTime =
        s_meter.CreateHistogram("tally.commit.time", "ms", "Time of one commit", null,
        UpTo<double>(0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000));
    private static readonly Counter<long> s_calls =
        s_meter.CreateCounter<long>("tally.provider.calls", "{call}", "Calls to providers, by provider, action and outcome");
    private static readonly Histogram<double> s_callTime =
        s_meter.CreateHistogram("tally.provider.call.time", "ms", "Time of one call to a provider", null,
        UpTo<double>(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000));
    private static readonly Counter<long> s_synced =
        s_meter.CreateCounter<long>("tally.sync.applied", "{order}", "Orders that a provider's status changed, by provider");
    private static readonly Counter<long> s_unusable =
        s_meter.CreateCounter<long>("tally.sync.unusable", "{order}", "Orders of which a provider's answer said nothing usable, by provider and kind");
    private static readonly Counter<long> s_dispatched =
        s_meter.CreateCounter<long>("tally.dispatch.outcomes", "{order}", "Orders handed to providers, by outcome");

    private static long s_storeGone, s_faults;

    static Telemetry()
    {
        // Observed rather than counted, so that both stand at 0 from the start: the first one is an increase, too.
        s_meter.CreateObservableCounter<long>(
            "tally.api.unavailable",
            static () => new[] { new Measurement<long>(Volatile.Read(ref s_storeGone), Tag("reason", "store")), new Measurement<long>(Volatile.Read(ref s_faults), Tag("reason", "fault")) },
            "{request}", "Requests answered that the service is unavailable, by reason: the store did not answer, or a fault of Tally's own (its log says which)");
        s_meter.CreateObservableGauge<long>("tally.queue.depth", () => Read(s_queues, "queue"), "{item}", "Items that wait, by queue");
        s_meter.CreateObservableGauge<long>("tally.alerts.open", () => Read(s_alerts, "kind"), "{alert}", "Alerts to the operator that are open, by kind, as a worker saw them last");
    }

    /// <summary>Spans of our own; a span is made only while a trace is being recorded.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <param name="type">The service type's name, as in <c>services</c>.</param>
    public static void OrderPlaced(string type) => s_placed.Add(1, Tag("type", type));

    /// <param name="code">A refusal's machine code.</param>
    public static void OrderRefused(string code) => s_refused.Add(1, Tag("code", code));

    /// <summary>A request was answered <c>Service temporarily unavailable</c>: the store did not answer or had too much to do, or (<paramref name="fault"/>) something failed that should not.</summary>
    public static void Unavailable(bool fault) => Interlocked.Increment(ref (fault ? ref s_faults : ref s_storeGone));

    /// <summary>One commit of the intake, with as many drafts, accepted or not.</summary>
    public static void Committed(int drafts, TimeSpan took)
    {
        s_batchSize.Record(drafts);
        s_commitTime.Record(took.TotalMilliseconds);
    }

    /// <param name="provider">The provider's name; operators have few.</param>
    /// <param name="action">The API's action: add, status, balance …</param>
    /// <param name="outcome">A word such as ok, refused, unconfirmed, not_sent.</param>
    public static void ProviderCalled(string provider, string action, string outcome, TimeSpan took)
    {
        if (!s_calls.Enabled && !s_callTime.Enabled) return;
        var tags = new TagList { Tag("provider", provider), Tag("action", action), Tag("outcome", outcome) };
        s_calls.Add(1, tags);
        s_callTime.Record(took.TotalMilliseconds, tags);
    }

    public static void SyncApplied(string provider, int orders) => s_synced.Add(orders, Tag("provider", provider));

    /// <param name="kind">missing, error, unknown, unreadable, or quantity (a subscription's new order whose quantity nobody tells).</param>
    public static void SyncUnusable(string provider, string kind, int orders = 1) => s_unusable.Add(orders, Tag("provider", provider), Tag("kind", kind));

    public static void Dispatched(string outcome) => s_dispatched.Add(1, Tag("outcome", outcome));

    /// <summary>
    /// Reports a queue's depth whenever the gauge is read, until the registration is disposed. <paramref name="depth"/> must be quick and thread-safe.
    /// </summary>
    public static IDisposable ObserveQueue(string queue, Func<long> depth) => new Observed(s_queues, queue, depth);

    /// <summary>Reports how many alerts of a kind are open, in the same way.</summary>
    public static IDisposable ObserveAlerts(string kind, Func<long> open) => new Observed(s_alerts, kind, open);

    private static IEnumerable<Measurement<long>> Read(ConcurrentDictionary<Observed, byte> all, string tag) =>
        all.Keys.Select(observed => new Measurement<long>(observed.Value(), Tag(tag, observed.Name)));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static InstrumentAdvice<T> UpTo<T>(params T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };

    private sealed class Observed : IDisposable
    {
        private readonly ConcurrentDictionary<Observed, byte> _all;

        public Observed(ConcurrentDictionary<Observed, byte> all, string name, Func<long> value)
        {
            (_all, Name, Value) = (all, name, value);
            all[this] = 0;
        }

        public string Name { get; }

        public Func<long> Value { get; }

        public void Dispose() => _all.TryRemove(this, out _);
    }
}
