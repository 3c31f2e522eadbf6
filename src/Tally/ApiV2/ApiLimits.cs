using System.Net;
using Tally.Accounts;
using Tally.Platform.Limits;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary>
/// How often API v2 may be asked (api-v2.md section 6): so many requests a second for each key, and so many wrong keys from one address before it is
/// blocked. Counted by each node for itself, in memory. The operator's changes hold from the next request on.
/// </summary>
internal sealed class ApiLimits
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    // What the limiters take at most: a bucket that fills within a day, and a window's failures that are all remembered.
    private const int MostSecondsToFill = 86_400, MostWrongKeys = 1_000;

    private readonly Func<PanelSettings> _settings;
    private readonly TimeProvider _time;
    private readonly Lock _changing = new();
    private readonly TokenBuckets<long> _requests;
    private volatile PanelSettings _applied;
    private volatile FailureBlock<ClientAddressKey> _wrongKeys;

    public ApiLimits(Func<PanelSettings> settings, TimeProvider time)
    {
        (_settings, _time, _applied) = (settings, time, settings());
        _requests = new TokenBuckets<long>(_applied.RequestsPerSecond, Burst(_applied), time);
        _wrongKeys = BlockFor(_applied);
    }

    /// <summary>Whether too many wrong keys came from the address, and for how much longer it is not listened to.</summary>
    public bool IsBlocked(IPAddress address, out TimeSpan retryAfter)
    {
        Apply(_settings());
        return _wrongKeys.IsBlocked(ClientAddressKey.Of(address), out retryAfter);
    }

    /// <summary>Counts a wrong key; true when it is the one that blocks the address.</summary>
    public bool RecordWrongKey(IPAddress address) => _wrongKeys.RecordFailure(ClientAddressKey.Of(address));

    /// <summary>Takes one of the key's requests; false when there is none left, with the time until there is.</summary>
    public bool TryTake(Caller caller, out TimeSpan retryAfter) => _requests.TryTake(caller.KeyId, out retryAfter);

    private void Apply(PanelSettings settings)
    {
        if (ReferenceEquals(settings, _applied))
        {
            return;
        }

        lock (_changing)
        {
            if ((settings.RequestsPerSecond, settings.RequestBurst) != (_applied.RequestsPerSecond, _applied.RequestBurst))
            {
                _requests.Change(settings.RequestsPerSecond, Burst(settings));
            }

            // A new number starts a new count, and forgives who is blocked: rare, and the operator's own doing.
            if (settings.WrongKeysPerAddress != _applied.WrongKeysPerAddress)
            {
                _wrongKeys = BlockFor(settings);
            }

            _applied = settings;
        }
    }

    private FailureBlock<ClientAddressKey> BlockFor(PanelSettings settings) =>
        new(Math.Clamp(settings.WrongKeysPerAddress, 1, MostWrongKeys), Window, Window, _time);

    private static int Burst(PanelSettings settings) => (int)Math.Min(settings.RequestBurst, (long)settings.RequestsPerSecond * MostSecondsToFill);
}
