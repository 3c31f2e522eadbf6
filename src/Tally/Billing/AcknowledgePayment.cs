using Dapper;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>Ends the alert about a payment that the operator has dealt with (a refund, a dispute, an amount that was another). What was done stays in the audit log.</summary>
public sealed class AcknowledgePayment(Database database, Alerts alerts, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <exception cref="InvalidInputException">No alert is open about it, or the reason is empty.</exception>
    public async Task RunAsync(long payment, string reason, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInputException("A reason is required: it stays in the audit log.");
        }

        var (audit, subject) = (await _audit.TakeAsync(ct), $"payment {payment}");
        await database.WriteAsync(
            async tx =>
            {
                if (!await alerts.ClearAsync(tx, AlertKind.Payments, subject, ct))
                {
                    throw new InvalidInputException($"No alert is open about payment {payment}.");
                }

                await tx.Connection.ExecuteAsync(
                    "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (@audit, @now, @actor, 'seen', @subject, @reason)",
                    new { audit, now = time.GetUtcNow().ToUnixTimeMilliseconds(), actor, subject, reason }, tx.Transaction);
            },
            ct);
    }

    public void Dispose() => _audit.Dispose();
}
