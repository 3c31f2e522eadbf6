using System.Globalization;
using Tally.Accounts.Identity;
using Tally.Mail;
using Tally.Settings;

namespace Tally.Accounts;

/// <summary>The mails about signing in. Links lead to the panel's address (setting <c>address</c>), without one to where the request came.</summary>
public sealed class AccountMails(SettingsSnapshot settings)
{
    /// <summary>How long the links hold.</summary>
    public static readonly TimeSpan ConfirmWithin = TimeSpan.FromHours(48), ResetWithin = TimeSpan.FromHours(2);

    /// <summary>Asks the address to confirm itself.</summary>
    public MailDraft Confirm(AccountIdentity user, string token, Uri origin) =>
        new("confirm", user.Email, user.Language, user.Id, Link(origin, "/confirm-email", ("account", Number(user.Id)), ("code", token)));

    /// <summary>Tells the owner of an address that somebody wanted to sign up with it.</summary>
    public MailDraft Taken(AccountIdentity user, Uri origin) => new("taken", user.Email, user.Language, user.Id, Link(origin, "/forgot-password"));

    /// <summary>Lets the owner set a new password.</summary>
    public MailDraft Reset(AccountIdentity user, string token, Uri origin) =>
        new("reset", user.Email, user.Language, user.Id, Link(origin, "/reset-password", ("account", Number(user.Id)), ("code", token)));

    /// <summary>Asks a new address to confirm that the account may have it.</summary>
    public MailDraft ChangeEmail(AccountIdentity user, string email, string token, Uri origin) =>
        new("change", email, user.Language, user.Id, Link(origin, "/confirm-email", ("account", Number(user.Id)), ("email", email), ("code", token)), user.Email);

    /// <summary>Tells the old address that it is the old one.</summary>
    public MailDraft EmailChanged(AccountIdentity user, string before, string email, Uri origin) => new("changed", before, user.Language, user.Id, Link(origin, "/"), email);

    /// <summary>Tells the owner that the password is another one.</summary>
    public MailDraft PasswordChanged(AccountIdentity user, Uri origin) => new("password", user.Email, user.Language, user.Id, Link(origin, "/forgot-password"));

    /// <summary>Tells the owner that the second factor was taken off.</summary>
    public MailDraft TwoFactorOff(AccountIdentity user, Uri origin) => new("twofactor", user.Email, user.Language, user.Id, Link(origin, "/account/security"));

    /// <summary>Tells the owner that there is another way in.</summary>
    public MailDraft PasskeyAdded(AccountIdentity user, string name, Uri origin) => new("passkey", user.Email, user.Language, user.Id, Link(origin, "/account/security"), name);

    /// <summary>Tells the owner that there is another key to the API, and the wallet.</summary>
    public MailDraft KeyMade(long accountId, string email, string language, string name, Uri origin) => new("key", email, language, accountId, Link(origin, "/api/keys"), name);

    private Uri Link(Uri origin, string path, params (string Name, string Value)[] query)
    {
        var start = settings.Current.Address.Length > 0 ? new Uri(settings.Current.Address) : origin;
        var text = string.Join('&', query.Select(q => q.Name + "=" + Uri.EscapeDataString(q.Value)));
        return new UriBuilder(start) { Path = path, Query = text }.Uri;
    }

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);
}
