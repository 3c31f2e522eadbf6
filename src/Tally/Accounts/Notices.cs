using Dapper;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>Something that a customer must know of.</summary>
/// <param name="Kind">What it is about, such as <c>subscription_paused</c>; pages translate by it.</param>
/// <param name="Subject">What it belongs to, such as <c>order 17</c>.</param>
/// <param name="Text">In English, for those who have no translation.</param>
public sealed record Notice(long Id, string Kind, string Subject, string Text, long CreatedAt, long? ReadAt);

/// <summary>What customers must know of.</summary>
public sealed class Notices(Database database, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _ids = new(database, time, "notice", long.MaxValue);

    /// <summary>An id for <see cref="AddAsync"/>, to be taken before the transaction.</summary>
    public Task<long> NewIdAsync(CancellationToken ct) => _ids.TakeAsync(ct).AsTask();

    /// <summary>Adds a notice in the caller's transaction.</summary>
    public Task AddAsync(WriteTransaction tx, long id, long accountId, string kind, string subject, string text, CancellationToken ct) =>
        tx.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO notices (id, account_id, kind, subject, text, created_at) VALUES (@id, @accountId, @kind, @subject, @text, @now)",
            new { id, accountId, kind, subject, text, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct));

    /// <summary>The account's newest notices, newest first.</summary>
    /// <param name="atMost">1 … 1,000.</param>
    public async Task<IReadOnlyList<Notice>> ListAsync(long accountId, int atMost, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Id, string Kind, string Subject, string Text, long CreatedAt, long? ReadAt)>(new CommandDefinition(
            "SELECT id, kind, subject, text, created_at, read_at FROM notices WHERE account_id = @accountId ORDER BY id DESC LIMIT @atMost",
            new { accountId, atMost }, cancellationToken: ct));
        return [.. rows.Select(r => new Notice(r.Id, r.Kind, r.Subject, r.Text, r.CreatedAt, r.ReadAt))];
    }

    public void Dispose() => _ids.Dispose();
}
