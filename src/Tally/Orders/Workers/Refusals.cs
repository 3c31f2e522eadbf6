using Tally.Contract;

namespace Tally.Orders.Workers;

/// <summary>Reads refusals of refills and of requests to cancel.</summary>
internal static class Refusals
{
    /// <summary>Whether the refusal is about the moment, or about us, and not about what was asked for: the same call may succeed later.</summary>
    public static bool SaysLater<T>(this ApiResult<T>.Refused refused) =>
        refused.IsRateLimited || refused.Error.LikelyCode is ApiErrorCodes.Unavailable or ApiErrorCodes.NotEnoughFunds or ApiErrorCodes.InvalidKey or ApiErrorCodes.IpNotAllowed;
}
