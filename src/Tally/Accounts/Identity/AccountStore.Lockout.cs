using Dapper;

namespace Tally.Accounts.Identity;

// Failures and locks are written at once, apart from the compare-and-set of the rest: many guesses at the same time must all count.
public sealed partial class AccountStore
{
    public Task<DateTimeOffset?> GetLockoutEndDateAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.LockedUntil);

    public async Task SetLockoutEndDateAsync(AccountIdentity user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken)
    {
        user.LockedUntil = lockoutEnd;
        await SetAsync(user, "locked_until = @value", lockoutEnd?.ToUnixTimeMilliseconds(), cancellationToken);
    }

    public async Task<int> IncrementAccessFailedCountAsync(AccountIdentity user, CancellationToken cancellationToken)
    {
        user.Failures = await database.WriteAsync(
            tx => tx.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
                "UPDATE accounts SET failed_sign_ins = failed_sign_ins + 1 WHERE id = @id RETURNING failed_sign_ins", new { id = user.Id }, tx.Transaction, cancellationToken: cancellationToken)),
            cancellationToken);
        return user.Failures;
    }

    public async Task ResetAccessFailedCountAsync(AccountIdentity user, CancellationToken cancellationToken)
    {
        user.Failures = 0;
        await SetAsync(user, "failed_sign_ins = @value", 0, cancellationToken);
    }

    public Task<int> GetAccessFailedCountAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Failures);

    public Task<bool> GetLockoutEnabledAsync(AccountIdentity user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task SetLockoutEnabledAsync(AccountIdentity user, bool enabled, CancellationToken cancellationToken) =>
        enabled ? Task.CompletedTask : throw new NotSupportedException("Every account can be locked.");

    private Task SetAsync(AccountIdentity user, string set, object? value, CancellationToken ct) => database.WriteAsync(
        tx => tx.Connection.ExecuteAsync(new CommandDefinition($"UPDATE accounts SET {set} WHERE id = @id", new { id = user.Id, value }, tx.Transaction, cancellationToken: ct)), ct);
}
