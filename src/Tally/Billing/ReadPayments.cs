using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>Reads payments.</summary>
public sealed class ReadPayments(Database database)
{
    /// <summary>Where a page of payments goes on: the last one's time and id.</summary>
    public readonly record struct Place(long CreatedAt, long Id);

    /// <summary>An account's payments, newest first.</summary>
    /// <param name="before">Those older than this; null = from the newest on.</param>
    /// <param name="atMost">1 … 1,000.</param>
    public async Task<IReadOnlyList<Payment>> ListAsync(long? account, Place? before, int atMost, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var condition = (account is null ? "1 = 1" : "account_id = @account") + (before is null ? "" : " AND (created_at < @at OR (created_at = @at AND id < @id))");
        return await PaymentRows.ReadAsync(
            connection, null, condition + " ORDER BY created_at DESC, id DESC LIMIT @atMost", new { account, at = before?.CreatedAt ?? 0, id = before?.Id ?? 0, atMost }, ct);
    }

    /// <summary>One payment of an account; null when it has none of that number.</summary>
    public async Task<Payment?> FindAsync(long account, long payment, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await PaymentRows.FindAsync(connection, null, "id = @payment AND account_id = @account", new { account, payment }, ct);
    }

    /// <summary>The first payment of an account by this method that was credited at or after a time; null when there is none yet.</summary>
    /// <param name="since">Unix milliseconds.</param>
    public async Task<Payment?> CreditedSinceAsync(long account, string method, long since, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await PaymentRows.FindAsync(
            connection, null, "account_id = @account AND method = @method AND state = 1 AND ended_at >= @since ORDER BY ended_at, id LIMIT 1", new { account, method, since }, ct);
    }
}
