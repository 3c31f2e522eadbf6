namespace Tally.Contract;

/// <summary>The machine codes of api-v2.md sections 5 and 7, and the words by which other panels are understood.</summary>
public static class ApiErrorCodes
{
    public const string InvalidKey = "invalid_key";
    public const string IpNotAllowed = "ip_not_allowed";
    public const string IncorrectRequest = "incorrect_request";
    public const string IncorrectService = "incorrect_service";
    public const string DisabledService = "disabled_service";
    public const string IncorrectOrder = "incorrect_order";
    public const string NotEnoughFunds = "not_enough_funds";
    public const string MinQuantity = "min_quantity";
    public const string MaxQuantity = "max_quantity";
    public const string BadLink = "bad_link";
    public const string ActiveLink = "active_link";
    public const string DripFeedDisabled = "dripfeed_disabled";
    public const string ReferenceConflict = "reference_conflict";
    public const string RefillDisabled = "refill_disabled";
    public const string RefillNotCompleted = "refill_not_completed";
    public const string RefillOpen = "refill_open";
    public const string RefillTooEarly = "refill_too_early";
    public const string RefillExpired = "refill_expired";
    public const string RefillNotFound = "refill_not_found";
    public const string CancelDisabled = "cancel_disabled";
    public const string CancelFinal = "cancel_final";
    public const string CancelOpen = "cancel_open";
    public const string RateLimited = "rate_limited";
    public const string Unavailable = "unavailable";

    // Fragments of the fixed texts first; then what other panels say for the four cases that a caller must tell apart from "this order is wrong".
    private static readonly (string Fragment, string Code)[] s_words =
    [
        ("invalid api key", InvalidKey),
        ("ip address is not allowed", IpNotAllowed),
        ("incorrect request", IncorrectRequest),
        ("incorrect service id", IncorrectService),
        ("disabled service id", DisabledService),
        ("incorrect order id", IncorrectOrder),
        ("not enough funds", NotEnoughFunds),
        ("quantity less than minim", MinQuantity),
        ("quantity more than maxim", MaxQuantity),
        ("bad link", BadLink),
        ("you have active order with this link", ActiveLink),
        ("drip-feed is disabled", DripFeedDisabled),
        ("order_reference was already used", ReferenceConflict),
        ("refill is disabled for this service", RefillDisabled),
        ("the order is not completed", RefillNotCompleted),
        ("the refill task is not completed", RefillOpen),
        ("refill was requested less than 24 hours ago", RefillTooEarly),
        ("the refill period is over", RefillExpired),
        ("refill not found", RefillNotFound),
        ("cancel is disabled for this service", CancelDisabled),
        ("the order cannot be canceled", CancelFinal),
        ("the cancel request is not completed", CancelOpen),
        ("rate limit", RateLimited),
        ("service temporarily unavailable", Unavailable),
        ("too many requests", RateLimited),
        ("incorrect api key", InvalidKey),
        ("wrong api key", InvalidKey),
        ("insufficient fund", NotEnoughFunds),
        ("insufficient balance", NotEnoughFunds),
        ("not enough balance", NotEnoughFunds),
    ];

    /// <summary>The code whose fixed words stand somewhere in the text, in any case; null when none do.</summary>
    public static string? OfText(string? text)
    {
        foreach (var (fragment, code) in s_words)
        {
            if (text?.Contains(fragment, StringComparison.OrdinalIgnoreCase) == true)
            {
                return code;
            }
        }

        return null;
    }
}
