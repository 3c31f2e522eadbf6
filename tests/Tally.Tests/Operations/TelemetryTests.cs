using System.Diagnostics.Metrics;
using Shouldly;
using Tally.Operations;
using Xunit;

namespace Tally.Tests.Operations;

public sealed class TelemetryTests
{
    [Fact]
    public void Each_event_is_counted_with_its_tags()
    {
        using var seen = new Seen();
        Telemetry.OrderPlaced("Default");
        Telemetry.OrderRefused("not_enough_funds");
        Telemetry.Committed(17, TimeSpan.FromMilliseconds(2.5));
        Telemetry.ProviderCalled("p-test", "add", "ok", TimeSpan.FromMilliseconds(40));
        Telemetry.SyncApplied("p-test", 3);
        Telemetry.Dispatched("sent-test");
        seen.All.ShouldContain("tally.orders.placed 1 type=Default");
        seen.All.ShouldContain("tally.orders.refused 1 code=not_enough_funds");
        seen.All.ShouldContain("tally.commit.batch_size 17 ");
        seen.All.ShouldContain("tally.commit.time 2.5 ");
        seen.All.ShouldContain("tally.provider.calls 1 provider=p-test,action=add,outcome=ok");
        seen.All.ShouldContain("tally.provider.call.time 40 provider=p-test,action=add,outcome=ok");
        seen.All.ShouldContain("tally.sync.applied 3 provider=p-test");
        seen.All.ShouldContain("tally.dispatch.outcomes 1 outcome=sent-test");
    }

    [Fact]
    public void A_queue_reports_its_depth_until_it_is_disposed()
    {
        using var seen = new Seen();
        var depth = 4L;
        using (Telemetry.ObserveQueue("queue-test", () => depth))
        {
            seen.ReadGauges();
            depth = 9;
            seen.ReadGauges();
        }
        seen.ReadGauges();
        seen.All.Where(line => line.Contains("queue-test", StringComparison.Ordinal))
            .ShouldBe(["tally.queue.depth 4 queue=queue-test", "tally.queue.depth 9 queue=queue-test"]);
    }

    /// <summary>Listens on this thread only: other tests count at the same time.</summary>
    private sealed class Seen : IDisposable
    {
        private readonly MeterListener _listener = new() { InstrumentPublished = static (i, l) => Listen(i, l) };
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public Seen()
        {
            _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Note(i, value, tags));
            _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
            _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
            _listener.Start();
        }

        public List<string> All { get; } = [];

        public void ReadGauges() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private static void Listen(Instrument instrument, MeterListener listener)
        {
            if (instrument.Meter.Name == Telemetry.Name) listener.EnableMeasurementEvents(instrument);
        }

        private void Note(Instrument instrument, IFormattable value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Environment.CurrentManagedThreadId != _thread) return;
            var told = string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
            All.Add($"{instrument.Name} {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)} {told}");
        }
    }
}
