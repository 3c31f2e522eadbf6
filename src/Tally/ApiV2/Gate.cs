using System.Net;
using Tally.Accounts;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary>Whether a caller may go on to the action.</summary>
internal abstract record GateOutcome
{
    private GateOutcome()
    {
    }

    public sealed record Passed(Caller Caller) : GateOutcome;

    /// <summary>With a <paramref name="RetryAfter"/> it is flood control.</summary>
    public sealed record Refused(Refusal Refusal, TimeSpan? RetryAfter = null) : GateOutcome;
}

/// <summary>
/// Who is calling, and may they: the checks before any action, in the order of api-v2.md section 7, all from memory. The address is judged before the
/// request is even read; key, address list, limits and maintenance after it.
/// </summary>
internal sealed class Gate(ApiKeys keys, ApiLimits limits, SettingsSnapshot settings, ILogger<Gate> log)
{
    private static readonly GateOutcome.Refused InvalidKey = new(Refusal.InvalidKey);
    private static readonly GateOutcome.Refused AddressNotAllowed = new(Refusal.AddressNotAllowed);
    private static readonly GateOutcome.Refused Maintenance = new(Refusal.Unavailable);

    /// <summary>Whether the address has tried too many wrong keys; a right one is not listened to then, either.</summary>
    /// <returns>Null when it has not.</returns>
    public GateOutcome.Refused? Blocked(IPAddress address) =>
        limits.IsBlocked(address, out var retryAfter) ? new GateOutcome.Refused(Refusal.RateLimited, retryAfter) : null;

    public GateOutcome Check(IPAddress address, RequestParameters parameters)
    {
        if (parameters.KeyFault is { } fault)
        {
            return new GateOutcome.Refused(fault);
        }

        // No key is no guess: a person opening the page in a browser must not block the office.
        var key = parameters[Parameter.Key].AsSpan().Trim();
        if (key.IsEmpty)
        {
            return InvalidKey;
        }

        if (keys.Find(key) is not { } caller)
        {
            if (limits.RecordWrongKey(address))
            {
                log.LogWarning("{Address} is blocked for 15 minutes: too many wrong API keys", address);
            }

            return InvalidKey;
        }

        if (!caller.Addresses.Allows(address))
        {
            return AddressNotAllowed;
        }

        if (!limits.TryTake(caller, out var retryAfter))
        {
            return new GateOutcome.Refused(Refusal.RateLimited, retryAfter);
        }

        keys.Used(caller, address);
        return settings.Current.Maintenance ? Maintenance : new GateOutcome.Passed(caller);
    }

    /// <summary>One who is signed in and uses no key: the account's own limit, and maintenance.</summary>
    public GateOutcome Check(long account, KeyScope scope) =>
        keys.OfAccount(account, scope) is not { } caller ? InvalidKey
        : !limits.TryTake(caller, out var retryAfter) ? new GateOutcome.Refused(Refusal.RateLimited, retryAfter)
        : settings.Current.Maintenance ? Maintenance
        : new GateOutcome.Passed(caller);
}
