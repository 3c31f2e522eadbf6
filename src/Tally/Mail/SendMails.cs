using System.Text.Json;
using Dapper;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Mail;

/// <summary>
/// Sends the mails that wait: claimed with a lease, so that of several nodes one sends each; tried again after 1, 2, 4 … 60 minutes, twelve times at most. A node that dies between the server's yes and
/// the store leaves a mail that is sent once more, with the same Message-Id. Without a mail server, mails are written to the log. One that is given up raises the alert of <see cref="GivenUpMails"/>.
/// </summary>
public sealed class SendMails(Database database, Outbox outbox, MailServers servers, SmtpTransport transport, WriteMail write, GivenUpMails givenUp, TimeProvider time, ILogger<SendMails> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(2), outbox.Written)
{
    /// <summary>How often a mail is tried.</summary>
    public const int MostAttempts = 12;

    private const int AtOnce = 10, KeptDays = 30;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10), LongestPause = TimeSpan.FromMinutes(60), SweepEvery = TimeSpan.FromHours(1);
    private readonly string _node = Guid.NewGuid().ToString("N")[..12];
    private long _sweptAt;

    /// <summary>How long to wait after so many attempts.</summary>
    internal static TimeSpan PauseAfterAttempts(int attempts) =>
        TimeSpan.FromMinutes(Math.Min(LongestPause.TotalMinutes, Math.Pow(2, attempts - 1)));

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        if (_sweptAt == 0 || Time.GetElapsedTime(_sweptAt) > SweepEvery)
        {
            await SweepAsync(ct);
            await givenUp.EndIfNoneAsync(ct);
            _sweptAt = Time.GetTimestamp();
        }

        var claimed = await ClaimAsync(ct);
        if (claimed.Count == 0)
        {
            return false;
        }

        if (servers.Current is { } server)
        {
            await SendAsync(server, claimed, ct);
        }
        else
        {
            foreach (var mail in claimed)
            {
                var (to, words) = (mail.Recipient, Words(mail));
                Logger.LogInformation("There is no mail server, so this mail stands here. To {Recipient}: {Subject}\n{Text}", to, words.Subject, words.Text);
                await SentAsync(mail.Id, ct);
            }
        }

        return claimed.Count == AtOnce;
    }

    private async Task SendAsync(MailServer server, IReadOnlyList<Row> mails, CancellationToken ct)
    {
        SmtpConnection? connection = null;
        try
        {
            foreach (var mail in mails)
            {
                try
                {
                    connection ??= await transport.ConnectAsync(server, ct);
                    await connection.SendAsync(mail.Id, mail.Recipient, Words(mail), Time.GetUtcNow(), ct);
                    await SentAsync(mail.Id, ct);
                }
                catch (MailRefusedException e)
                {
                    await FailedAsync(mail, e, ct);

                    // What the connection is good for after that is not known.
                    connection?.Dispose();
                    connection = null;
                }
            }
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private WrittenMail Words(Row mail)
    {
        var content = JsonSerializer.Deserialize<MailContent>(mail.Content)!;
        return write.Run(mail.Kind, mail.Language, content.Link, content.Values);
    }

    private Task<IReadOnlyList<Row>> ClaimAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        return database.WriteAsync<IReadOnlyList<Row>>(
            async tx =>
            {
                var rows = await tx.Connection.QueryAsync<Row>(new CommandDefinition(
                    Leases.ClaimSql(tx.Kind, "mails", "due_at IS NOT NULL", null, "id, recipient, language, kind, content, attempts"),
                    new { now = now.ToUnixTimeMilliseconds(), until = (now + Lease).ToUnixTimeMilliseconds(), node = _node, atMost = AtOnce }, tx.Transaction, cancellationToken: ct));
                return [.. rows.OrderBy(r => r.Id)];
            },
            ct);
    }

    private Task SentAsync(long id, CancellationToken ct) => SetAsync(
        "sent_at = @now, due_at = NULL, lease_by = NULL, problem = NULL, attempts = attempts + 1, content = ''", new { id, now = Time.GetUtcNow().ToUnixTimeMilliseconds(), node = _node }, ct);

    private async Task FailedAsync(Row mail, MailRefusedException why, CancellationToken ct)
    {
        var attempts = mail.Attempts + 1;
        if (why.ForGood || attempts >= MostAttempts)
        {
            Logger.LogError("Mail {Mail} ({Kind}) is given up after {Attempts} attempts: {Problem}", mail.Id, mail.Kind, attempts, why.Message);
            await GiveUpAsync(mail, attempts, why.Message, ct);
            return;
        }

        var pause = PauseAfterAttempts(attempts);
        Logger.LogWarning("Mail {Mail} ({Kind}) was not sent and is tried again in {Minutes} minutes: {Problem}", mail.Id, mail.Kind, pause.TotalMinutes, why.Message);
        await SetAsync(
            "due_at = @due, lease_by = NULL, problem = @problem, attempts = @attempts",
            new { id = mail.Id, due = (Time.GetUtcNow() + pause).ToUnixTimeMilliseconds(), problem = why.Message, attempts, node = _node }, ct);
    }

    // Only while the lease is ours: whoever took a mail over writes its end.
    private Task SetAsync(string set, object values, CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition($"UPDATE mails SET {set} WHERE id = @id AND lease_by = @node", values, tx.Transaction, cancellationToken: ct)), ct);

    private Task GiveUpAsync(Row mail, int attempts, string problem, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var ours = await tx.Connection.ExecuteAsync(new CommandDefinition(
                "UPDATE mails SET due_at = NULL, lease_by = NULL, problem = @problem, attempts = @attempts, content = '' WHERE id = @id AND lease_by = @node",
                new { id = mail.Id, problem, attempts, node = _node }, tx.Transaction, cancellationToken: ct));
            if (ours > 0)
            {
                await givenUp.RaiseAsync(tx, mail.Id, mail.Kind, problem, ct);
            }
        },
        ct);

    private Task SweepAsync(CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE due_at IS NULL AND created_at < @before LIMIT 1000)",
            new { before = (Time.GetUtcNow() - TimeSpan.FromDays(KeptDays)).ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct)),
        ct);

    private sealed class Row
    {
        public long Id { get; set; }

        public string Recipient { get; set; } = "";

        public string Language { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Content { get; set; } = "";

        public int Attempts { get; set; }
    }
}
