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
    public Task<IReadOnlyList<Notice>> ListAsync(long accountId, int atMost, CancellationToken ct) => ListAsync(accountId, long.MaxValue, atMost, ct);

    /// <summary>A page of the account's notices, newest first.</summary>
    /// <param name="before">Only those with a smaller number; <see cref="long.MaxValue"/> for the first page.</param>
    /// <param name="atMost">1 … 1,000.</param>
    public Task<IReadOnlyList<Notice>> ListAsync(long accountId, long before, int atMost, CancellationToken ct) => ReadAsync("id < @before", accountId, before, atMost, ct);

    /// <summary>Those that the account has not read, newest first.</summary>
    /// <param name="atMost">1 … 1,000.</param>
    public Task<IReadOnlyList<Notice>> UnreadAsync(long accountId, int atMost, CancellationToken ct) => ReadAsync("read_at IS NULL", accountId, 0, atMost, ct);

    /// <summary>Marks one notice as read, or all up to one: what came after the page was made stays unread.</summary>
    /// <param name="id">The notice; of another account's nothing changes.</param>
    /// <param name="older">Whether those before it too.</param>
    public Task MarkReadAsync(long accountId, long id, bool older, CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition(
            $"UPDATE notices SET read_at = @now WHERE account_id = @accountId AND read_at IS NULL AND id {(older ? "<=" : "=")} @id",
            new { accountId, id, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct)),
        ct);

    public void Dispose() => _ids.Dispose();

    private async Task<IReadOnlyList<Notice>> ReadAsync(string where, long accountId, long before, int atMost, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var rows = await connection.QueryAsync<(long Id, string Kind, string Subject, string Text, long CreatedAt, long? ReadAt)>(new CommandDefinition(
            $"SELECT id, kind, subject, text, created_at, read_at FROM notices WHERE account_id = @accountId AND {where} ORDER BY id DESC LIMIT @atMost",
            new { accountId, before, atMost }, cancellationToken: ct));
        return [.. rows.Select(r => new Notice(r.Id, r.Kind, r.Subject, r.Text, r.CreatedAt, r.ReadAt))];
    }
}
