using System.Net;
using Tally.Platform.Limits;

namespace Tally.Accounts;

/// <summary>
/// How often one may try to sign in, and how many mails one may cause; counted by each node for itself, in memory. An account's own lock is in the store. Addresses without an account are locked
/// by the same rule here, so that a lock says nothing about whether there is an account.
/// </summary>
public sealed class SignInLimits(TimeProvider time)
{
    /// <summary>Failures in a row that lock an account, and for how long.</summary>
    public const int FailuresPerAccount = 5;

    /// <summary>Failures from one address within <see cref="LockedFor"/> that block it.</summary>
    public const int FailuresPerAddress = 20;

    /// <summary>Mails that one address may cause at once; as many come back within an hour.</summary>
    public const int MailsPerAddress = 20;

    /// <summary>Mails that one recipient gets at once; one more comes back every ten minutes.</summary>
    public const int MailsPerRecipient = 4;

    public static TimeSpan LockedFor { get; } = TimeSpan.FromMinutes(15);

    private readonly FailureBlock<ClientAddressKey> _addresses = new(FailuresPerAddress, LockedFor, LockedFor, time);
    private readonly FailureBlock<string> _strangers = new(FailuresPerAccount, TimeSpan.FromDays(7), LockedFor, time);
    private readonly TokenBuckets<ClientAddressKey> _mails = new(MailsPerAddress / 3600.0, MailsPerAddress, time);
    private readonly TokenBuckets<string> _recipients = new(1 / 600.0, MailsPerRecipient, time);

    /// <summary>Whether too much has failed from the address, and for how much longer it is not listened to.</summary>
    public bool IsBlocked(IPAddress address, out TimeSpan left) => _addresses.IsBlocked(ClientAddressKey.Of(address), out left);

    /// <summary>Counts a failure; true when it is the one that blocks the address.</summary>
    public bool Failed(IPAddress address) => _addresses.RecordFailure(ClientAddressKey.Of(address));

    /// <summary>The lock of an e-mail address that has no account.</summary>
    internal bool IsLocked(string stranger, out TimeSpan left) => _strangers.IsBlocked(stranger, out left);

    /// <summary>Counts a failure of an e-mail address that has no account.</summary>
    internal void Failed(string stranger) => _strangers.RecordFailure(stranger);

    /// <summary>Takes one of the mails that an address may cause.</summary>
    internal bool MayCauseMail(IPAddress address, out TimeSpan left) => _mails.TryTake(ClientAddressKey.Of(address), out left);

    /// <summary>Takes one of the mails that a recipient may get. What is too much is not sent, and nobody is told.</summary>
    internal bool MayGetMail(string recipient) => _recipients.TryTake(recipient, out _);
}
