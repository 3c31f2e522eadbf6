using Dapper;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Mail;

/// <summary>
/// The alert about mails that were given up, raised in the transaction that gives one up. It is open until the operator has seen them (<c>mail seen</c>), or none of them is kept any longer: a mail that
/// arrives later says nothing about those that did not.
/// </summary>
public sealed class GivenUpMails(Database database, Alerts alerts)
{
    private const string Subject = "mails", Topic = "mails_given_up";

    /// <summary>Ends the alert; false when it was not open.</summary>
    public Task<bool> SeenAsync(CancellationToken ct) => database.WriteAsync(tx => alerts.ClearAsync(tx, AlertKind.Mails, Subject, ct), ct);

    /// <summary>Tells of one more.</summary>
    internal async Task RaiseAsync(WriteTransaction tx, long id, string kind, string problem, CancellationToken ct)
    {
        await Changes.BumpAsync(tx, Topic);
        await alerts.RaiseAsync(tx, AlertKind.Mails, Subject, $"mail {id} ({kind}) was given up ({problem}): tally mail list --waiting; tally mail seen ends this alert", ct);
    }

    /// <summary>Ends the alert when no mail that was given up is kept any longer.</summary>
    internal async Task EndIfNoneAsync(CancellationToken ct)
    {
        if (!(await alerts.ListAsync(cleared: false, ct)).Any(a => a.Kind == AlertKind.Mails))
        {
            return;
        }

        await database.WriteAsync(
            async tx =>
            {
                // Whoever gives a mail up comes before or after, never in between.
                await Changes.BumpAsync(tx, Topic);
                if (!await tx.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                    "SELECT EXISTS (SELECT 1 FROM mails WHERE due_at IS NULL AND sent_at IS NULL)", null, tx.Transaction, cancellationToken: ct)))
                {
                    await alerts.ClearAsync(tx, AlertKind.Mails, Subject, ct);
                }
            },
            ct);
    }
}
