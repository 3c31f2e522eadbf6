using System.Text.Json;
using Dapper;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Mail;

/// <summary>A mail that is to be written: its words stand in Text.resx under <c>mail.KIND.subject</c> and <c>mail.KIND.text</c>.</summary>
/// <param name="AccountId">Whose mail it is; null when it goes to somebody without an account.</param>
/// <param name="Language"><c>en</c>, <c>vi</c>; anything else is the fallback.</param>
/// <param name="Link">Where its button leads; null = it has none.</param>
/// <param name="Values">What goes into the places of the text, from <c>{1}</c> on; <c>{0}</c> is the panel's name.</param>
public sealed record MailDraft(string Kind, string To, string Language, long? AccountId, Uri? Link, params string[] Values);

/// <summary>Where mails leave: written in the transaction of what they tell of, so that neither is ever without the other, and sent afterwards by <see cref="SendMails"/>.</summary>
public sealed class Outbox(Database database, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _ids = new(database, time, "mail", long.MaxValue);

    /// <summary>Rings when a mail was written on this node.</summary>
    internal Bell Written { get; } = new();

    /// <summary>Ids for <see cref="AddAsync(WriteTransaction, IReadOnlyList{long}, IReadOnlyList{MailDraft}, CancellationToken)"/>, to be taken before the transaction.</summary>
    public async Task<IReadOnlyList<long>> NewIdsAsync(int count, CancellationToken ct) => count == 0 ? [] : await _ids.TakeAsync(count, ct);

    /// <summary>Writes mails in the caller's transaction.</summary>
    public async Task AddAsync(WriteTransaction tx, IReadOnlyList<long> ids, IReadOnlyList<MailDraft> mails, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (id, mail) in ids.Zip(mails))
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO mails (id, account_id, recipient, language, kind, content, due_at, created_at)
                VALUES (@id, @account, @to, @language, @kind, @content, @now, @now)
                """,
                new { id, account = mail.AccountId, to = mail.To, language = mail.Language, kind = mail.Kind, content = JsonSerializer.Serialize(new MailContent(mail.Link, mail.Values)), now },
                tx.Transaction, cancellationToken: ct));
        }

        Written.Ring();
    }

    /// <summary>Writes one mail that tells of nothing else.</summary>
    public async Task AddAsync(MailDraft mail, CancellationToken ct)
    {
        var ids = await NewIdsAsync(1, ct);
        await database.WriteAsync(tx => AddAsync(tx, ids, [mail], ct), ct);
        Written.Ring();
    }

    public void Dispose()
    {
        _ids.Dispose();
        Written.Dispose();
    }
}

/// <summary>What a mail's row holds of its text.</summary>
internal sealed record MailContent(Uri? Link, string[] Values);
