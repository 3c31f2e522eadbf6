using Tally.Platform.Jobs;

namespace Tally.Operations;

/// <summary>Tells <c>/metrics</c> how many alerts are open. Every worker node tells the same, so whoever adds up over nodes takes the greatest.</summary>
internal sealed class WatchAlerts : WorkLoop
{
    private static readonly AlertKind[] s_kinds = Enum.GetValues<AlertKind>();
    private readonly Alerts _alerts;
    private readonly IDisposable[] _observed;
    private IReadOnlyDictionary<AlertKind, long> _open = new Dictionary<AlertKind, long>();

    public WatchAlerts(Alerts alerts, TimeProvider time, ILogger<WatchAlerts> logger)
        : base(time, logger, TimeSpan.FromSeconds(5))
    {
        _alerts = alerts;
        _observed = [.. s_kinds.Select(kind => Telemetry.ObserveAlerts(kind.ToString(), () => Volatile.Read(ref _open).GetValueOrDefault(kind)))];
    }

    public override void Dispose()
    {
        Array.ForEach(_observed, o => o.Dispose());
        base.Dispose();
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        Volatile.Write(ref _open, await _alerts.CountAsync(ct));
        return false;
    }
}
