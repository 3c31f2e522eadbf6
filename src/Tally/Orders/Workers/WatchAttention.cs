using Tally.Operations;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Orders.Workers;

/// <summary>Keeps an alert open while orders wait for a person.</summary>
public sealed class WatchAttention(Database database, AttendOrder attend, Alerts alerts, TimeProvider time, ILogger<WatchAttention> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(5))
{
    private const string Subject = "orders";

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var (unconfirmed, held) = await attend.CountAsync(ct);
        var open = (await alerts.ListAsync(cleared: false, ct)).FirstOrDefault(a => a is { Kind: AlertKind.Attention, Subject: Subject });
        var text = $"{unconfirmed} unconfirmed and {held} held orders wait for you: tally orders attention list";
        if (unconfirmed + held > 0 && open?.Text != text)
        {
            await database.WriteAsync(tx => alerts.RaiseAsync(tx, AlertKind.Attention, Subject, text, ct), ct);
        }
        else if (unconfirmed + held == 0 && open is not null)
        {
            await database.WriteAsync(tx => alerts.ClearAsync(tx, AlertKind.Attention, Subject, ct), ct);
        }

        return false;
    }
}
