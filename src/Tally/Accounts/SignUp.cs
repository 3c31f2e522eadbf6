using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;
using Tally.Mail;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>How a sign-up, or a change of what somebody signs in with, ended.</summary>
public abstract record AccountOutcome
{
    private AccountOutcome()
    {
    }

    /// <summary>It is done, or a mail is on its way; of an address the answer does not say whether it has an account.</summary>
    public sealed record Done : AccountOutcome;

    /// <summary>What is wrong with which field, as codes that pages translate: <c>accounts.error.CODE</c>.</summary>
    public sealed record Wrong(string Field, string Code) : AccountOutcome;

    /// <summary>Too many of these from one place.</summary>
    public sealed record TooMany(TimeSpan Left) : AccountOutcome;

    /// <summary>The key of the text that says why it was refused, and what stands in it: a wait in whole minutes.</summary>
    /// <exception cref="InvalidOperationException">It was not refused.</exception>
    public (string Key, object[] Values) Why => this switch
    {
        Wrong(_, var code) => ("accounts.error." + code, []),
        TooMany(var left) => ("accounts.error.too_many", [Math.Max(1, (int)Math.Ceiling(left.TotalMinutes))]),
        _ => throw new InvalidOperationException("It was not refused."),
    };
}

/// <summary>
/// Opens an account for somebody on the pages, with an empty wallet, and writes the mail that confirms the address. For an address that has an account already the answer is the same; its owner
/// gets a mail that says so.
/// </summary>
public sealed class SignUp(
    Database database, AccountBook book, UserManager<AccountIdentity> users, Passwords passwords, AccountMails mails, Outbox outbox, SignInLimits limits, Profiles profiles)
{
    /// <param name="language">Of the account's pages and mails.</param>
    /// <param name="origin">Scheme and host of the request.</param>
    public async Task<AccountOutcome> RunAsync(string email, string password, string language, IPAddress from, Uri origin, CancellationToken ct)
    {
        if (AccountBook.TryNormalEmail(email) is not { } address)
        {
            return new AccountOutcome.Wrong("email", "email");
        }

        if (passwords.Problem(password, address) is { } problem)
        {
            return new AccountOutcome.Wrong("password", problem);
        }

        if (!limits.MayCauseMail(from, out var left))
        {
            return new AccountOutcome.TooMany(left);
        }

        // Hashed before anybody looks whether there is an account: it takes as long either way.
        var draft = new AccountIdentity { Id = await book.NewIdAsync(ct), Email = address, SecurityStamp = Passwords.NewStamp(), Language = language };
        draft.PasswordHash = passwords.Hash(draft, password);
        if (await users.FindByEmailAsync(address) is { } there || !await OpenAsync(draft, origin, ct))
        {
            await TellOwnerAsync(address, origin, ct);
        }

        return new AccountOutcome.Done();
    }

    private async Task<bool> OpenAsync(AccountIdentity draft, Uri origin, CancellationToken ct)
    {
        var mail = mails.Confirm(draft, await users.GenerateEmailConfirmationTokenAsync(draft), origin);
        var ids = await outbox.NewIdsAsync(1, ct);
        try
        {
            await database.WriteAsync(
                async tx =>
                {
                    await book.InsertAsync(tx, draft.Id, draft.Email, draft.PasswordHash!, draft.SecurityStamp, draft.Language, ct);
                    await outbox.AddAsync(tx, ids, [mail], ct);
                },
                ct);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            // Somebody signed up with the address at the same moment.
            return false;
        }

        await profiles.RefreshAsync(ct);
        return true;
    }

    private async Task TellOwnerAsync(string address, Uri origin, CancellationToken ct)
    {
        if (await users.FindByEmailAsync(address) is { } owner && limits.MayGetMail(address))
        {
            await outbox.AddAsync(
                owner.EmailConfirmed ? mails.Taken(owner, origin) : mails.Confirm(owner, await users.GenerateEmailConfirmationTokenAsync(owner), origin), ct);
        }
    }
}
