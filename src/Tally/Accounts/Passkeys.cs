using System.Buffers.Text;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Identity;
using Tally.Accounts.Identity;

namespace Tally.Accounts;

/// <summary>A passkey as its owner sees it.</summary>
/// <param name="Id">base64url.</param>
public sealed record Passkey(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>The passkeys of accounts (WebAuthn, by ASP.NET Core Identity): adds, lists and removes them, and signs in with one. A passkey stands for both factors.</summary>
public sealed class Passkeys(UserManager<AccountIdentity> users, PanelSignIn signIn, ProvePassword prove, SignInLimits limits, AccountMails mails, TimeProvider time, ILogger<Passkeys> logger)
{
    private const int Most = 20, LongestName = 60;

    /// <summary>What the browser needs to make one, as JSON.</summary>
    public async Task<string> BeginAddingAsync(long accountId)
    {
        var user = await FindAsync(accountId);
        return await signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = Number(accountId), Name = user.Email, DisplayName = user.Email });
    }

    /// <summary>Adds the one that the browser made, and tells the owner by mail.</summary>
    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <param name="password">Asked for if the account has one: a passkey opens the door for good.</param>
    /// <param name="origin">Where the request came to, for the link in the mail.</param>
    public async Task<AccountOutcome> AddAsync(long accountId, string name, string credential, string password, Uri origin)
    {
        var user = await FindAsync(accountId);
        if (await prove.IfAnyAsync(user, password) is { } refused)
        {
            return refused;
        }

        if (name.Trim() is not { Length: >= 1 and <= LongestName } called || called.Any(char.IsControl))
        {
            return new AccountOutcome.Wrong("name", "passkey_name");
        }

        if ((await users.GetPasskeysAsync(user)).Count >= Most)
        {
            return new AccountOutcome.Wrong("name", "passkey_many");
        }

        // A key that somebody has already stays with them: it is looked for before anything is written.
        var made = await signIn.AttestAsync(credential);
        Say(made?.Failure);
        if (made is not { Succeeded: true } || made.UserEntity.Id != Number(accountId) || await users.FindByPasskeyIdAsync(made.Passkey.CredentialId) is not null)
        {
            return new AccountOutcome.Wrong("name", "passkey");
        }

        made.Passkey.Name = called;
        user.Mails.Add(mails.PasskeyAdded(user, called, origin));
        await users.AddOrUpdatePasskeyAsync(user, made.Passkey);
        return new AccountOutcome.Done();
    }

    /// <summary>The account's passkeys, oldest first.</summary>
    public async Task<IReadOnlyList<Passkey>> ListAsync(long accountId) =>
        [.. (await users.GetPasskeysAsync(await FindAsync(accountId))).Select(p => new Passkey(Base64Url.EncodeToString(p.CredentialId), p.Name ?? "", p.CreatedAt))];

    /// <summary>Removes one of the account's passkeys; false when it has no such one.</summary>
    public async Task<bool> RemoveAsync(long accountId, string id)
    {
        // Trying to decode what is no base64url throws all the same.
        if (!Base64Url.IsValid(id))
        {
            return false;
        }

        var user = await FindAsync(accountId);
        var bytes = Base64Url.DecodeFromChars(id);
        if (await users.GetPasskeyAsync(user, bytes) is null)
        {
            return false;
        }

        await users.RemovePasskeyAsync(user, bytes);
        return true;
    }

    /// <summary>What the browser needs to sign in with one, as JSON; it names no account.</summary>
    public Task<string> BeginSigningInAsync() => signIn.MakePasskeyRequestOptionsAsync(null!);

    /// <summary>Signs in with what the browser answered.</summary>
    public async Task<SignInOutcome> SignInAsync(string credential, IPAddress from)
    {
        if (limits.IsBlocked(from, out var left))
        {
            return new SignInOutcome.TooMany(left);
        }

        var shown = await signIn.AssertAsync(credential);
        if (shown is not { Succeeded: true })
        {
            Say(shown?.Failure);
            limits.Failed(from);
            logger.LogInformation("Signing in by a passkey failed from {Address}", from);
            return new SignInOutcome.Wrong();
        }

        if (SignIn.IsLocked(shown.User, time.GetUtcNow(), out left))
        {
            return new SignInOutcome.TooMany(left);
        }

        if (!await signIn.CanSignInAsync(shown.User))
        {
            return shown.User.Suspended ? new SignInOutcome.Suspended() : new SignInOutcome.Unconfirmed(shown.User.Id);
        }

        await users.AddOrUpdatePasskeyAsync(shown.User, shown.Passkey);
        await signIn.SignInAsync(shown.User, isPersistent: true, "passkey");
        return new SignInOutcome.SignedIn();
    }

    // What a visitor cannot mend the operator may: a proxy that changes the host, for one.
    private void Say(PasskeyException? failure)
    {
        if (failure is not null)
        {
            logger.LogInformation("A passkey was not accepted: {Why}", failure.Message);
        }
    }

    private async Task<AccountIdentity> FindAsync(long accountId) => await users.FindByIdAsync(Number(accountId)) ?? throw new InvalidOperationException($"Account {accountId} is gone.");

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);
}
