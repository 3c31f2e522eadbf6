using Dapper;
using Tally.Mail;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>How asking for a key ended.</summary>
public abstract record IssueKeyOutcome
{
    private IssueKeyOutcome()
    {
    }

    /// <summary>The only time that the key is seen.</summary>
    public sealed record Issued(IssuedKey Key) : IssueKeyOutcome;

    public sealed record Refused(KeyRefusal Why) : IssueKeyOutcome;
}

/// <summary>Why a customer gets no key; pages translate by it.</summary>
public enum KeyRefusal
{
    /// <summary>The name is not one line of 1 to 100 characters.</summary>
    BadName,

    /// <summary>Another key that works has this name: most likely the form was sent twice.</summary>
    NameTaken,

    /// <summary>The account has <see cref="IssueKey.MostKeys"/> keys that work.</summary>
    TooMany,
}

/// <summary>Issues a key that a customer asks for, and tells the account's address: who holds it may spend what the account has.</summary>
public sealed class IssueKey(Database database, AccountBook book, ApiKeys keys, AccountMails mails, Outbox outbox)
{
    /// <summary>How many keys of an account may work at the same time. The operator's command may go beyond.</summary>
    public const int MostKeys = 20;

    /// <param name="origin">Where the request came to, for the link in the mail.</param>
    public async Task<IssueKeyOutcome> RunAsync(long accountId, string? name, KeyScope scope, Uri origin, CancellationToken ct)
    {
        var wanted = (name ?? "").Trim();
        var id = await book.NewKeyIdAsync(ct);
        var mail = await outbox.NewIdsAsync(1, ct);
        var outcome = await database.WriteAsync<IssueKeyOutcome>(
            async tx =>
            {
                // The counter's row is locked from here on, so that of two forms sent at once the second sees the first one's key.
                var version = await Changes.BumpAsync(tx, ApiKeys.TopicName);
                var names = await tx.Connection.QueryAsync<string>("SELECT name FROM api_keys WHERE account_id = @accountId AND revoked_at IS NULL", new { accountId }, tx.Transaction);
                if (Judge(wanted, [.. names]) is { } refusal)
                {
                    return new IssueKeyOutcome.Refused(refusal);
                }

                var key = ApiKeys.NewKey();
                await book.InsertKeyAsync(tx, id, accountId, wanted, key, scope, version);
                var (email, language) = await tx.Connection.QuerySingleAsync<(string Email, string Language)>("SELECT email, language FROM accounts WHERE id = @accountId", new { accountId }, tx.Transaction);
                await outbox.AddAsync(tx, mail, [mails.KeyMade(accountId, email, language, wanted, origin)], ct);
                return new IssueKeyOutcome.Issued(new IssuedKey(id, key));
            },
            ct);

        // Who copies the key and uses it at once must not be told that it is wrong, and be blocked for it: on this node it works before it is shown.
        await keys.RefreshAsync(ct);
        return outcome;
    }

    /// <summary>What speaks against another key.</summary>
    /// <param name="name">Trimmed.</param>
    /// <param name="names">The names of the account's keys that work.</param>
    public static KeyRefusal? Judge(string name, IReadOnlyCollection<string> names) =>
        name.Length is 0 or > 100 || name.Any(char.IsControl) ? KeyRefusal.BadName
        : names.Contains(name, StringComparer.OrdinalIgnoreCase) ? KeyRefusal.NameTaken
        : names.Count >= MostKeys ? KeyRefusal.TooMany
        : null;
}
