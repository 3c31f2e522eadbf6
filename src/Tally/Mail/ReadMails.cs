using Dapper;
using Tally.Platform.Db;

namespace Tally.Mail;

/// <summary>A mail as the operator sees it: never what it says.</summary>
/// <param name="DueAt">When it is tried next; null once it is sent or given up.</param>
/// <param name="Problem">What went wrong last.</param>
public sealed record SentMail(long Id, string Recipient, string Kind, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? DueAt, DateTimeOffset? SentAt, string? Problem);

/// <summary>Lists the newest mails, newest first; with <c>waiting</c> only those that are not sent.</summary>
public sealed class ReadMails(Database database)
{
    private const int Most = 100;

    public async Task<IReadOnlyList<SentMail>> RunAsync(bool waiting, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"SELECT id, recipient, kind, attempts, created_at, due_at, sent_at, problem FROM mails {(waiting ? "WHERE sent_at IS NULL " : "")}ORDER BY id DESC LIMIT @Most",
            new { Most }, cancellationToken: ct));
        return [.. rows.Select(r => new SentMail(r.Id, r.Recipient, r.Kind, r.Attempts, At(r.CreatedAt)!.Value, At(r.DueAt), At(r.SentAt), r.Problem))];
    }

    private static DateTimeOffset? At(long? ms) => ms is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private sealed class Row
    {
        public long Id { get; set; }

        public string Recipient { get; set; } = "";

        public string Kind { get; set; } = "";

        public int Attempts { get; set; }

        public long CreatedAt { get; set; }

        public long? DueAt { get; set; }

        public long? SentAt { get; set; }

        public string? Problem { get; set; }
    }
}
