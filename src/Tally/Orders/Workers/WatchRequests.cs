using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>Keeps an alert open while refills or requests to cancel wait for a person.</summary>
public sealed class WatchRequests(Database database, ReadRefills refills, ReadCancels cancels, Alerts alerts, TimeProvider time, ILogger<WatchRequests> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(10))
{
    private const string Subject = "requests";

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var (refill, cancel) = (await refills.CountWaitingAsync(ct), await cancels.CountWaitingAsync(ct));
        var open = (await alerts.ListAsync(cleared: false, ct)).FirstOrDefault(a => a is { Kind: AlertKind.Requests, Subject: Subject });
        var text = $"{refill} refills and {cancel} requests to cancel wait for you: tally refills list --open, tally cancels list --open";
        if (refill + cancel > 0 && open?.Text != text)
        {
            await database.WriteAsync(tx => alerts.RaiseAsync(tx, AlertKind.Requests, Subject, text, ct), ct);
        }
        else if (refill + cancel == 0 && open is not null)
        {
            await database.WriteAsync(tx => alerts.ClearAsync(tx, AlertKind.Requests, Subject, ct), ct);
        }

        return false;
    }
}
