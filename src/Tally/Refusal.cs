namespace Tally;

/// <summary>
/// Why a request was not carried out, in the words that clients look for (api-v2.md section 5). The texts are fixed and English;
/// pages translate by <see cref="Code"/>.
/// </summary>
/// <param name="Code">The stable machine code.</param>
/// <param name="Error">The text that goes into <c>error</c>.</param>
/// <param name="Detail">What to mend, for a person; goes into <c>detail</c>.</param>
/// <param name="Order">The id of the order that stands in the way (an <c>order_reference</c> used before).</param>
public sealed record Refusal(string Code, string Error, string? Detail = null, long? Order = null)
{
    public static Refusal InvalidKey { get; } = new("invalid_key", "Invalid API key");
    public static Refusal AddressNotAllowed { get; } = new("ip_not_allowed", "IP address is not allowed");
    public static Refusal IncorrectService { get; } = new("incorrect_service", "Incorrect service ID");
    public static Refusal DisabledService { get; } = new("disabled_service", "Disabled service ID");
    public static Refusal IncorrectOrder { get; } = new("incorrect_order", "Incorrect order ID");
    public static Refusal NotEnoughFunds { get; } = new("not_enough_funds", "Not enough funds on balance");
    public static Refusal BadLink { get; } = new("bad_link", "Bad link");
    public static Refusal ActiveLink { get; } = new("active_link", "You have active order with this link. Please wait until order being completed.");
    public static Refusal DripfeedDisabled { get; } = new("dripfeed_disabled", "Drip-feed is disabled for this service");
    public static Refusal RefillDisabled { get; } = new("refill_disabled", "Refill is disabled for this service");
    public static Refusal RefillNotCompleted { get; } = new("refill_not_completed", "The order is not completed");
    public static Refusal RefillOpen { get; } = new("refill_open", "The refill task is not completed for this order");
    public static Refusal RefillTooEarly { get; } = new("refill_too_early", "The order was completed or refill was requested less than 24 hours ago");
    public static Refusal RefillExpired { get; } = new("refill_expired", "The refill period is over");
    public static Refusal RefillNotFound { get; } = new("refill_not_found", "Refill not found");
    public static Refusal CancelDisabled { get; } = new("cancel_disabled", "Cancel is disabled for this service");
    public static Refusal CancelFinal { get; } = new("cancel_final", "The order cannot be canceled");
    public static Refusal CancelOpen { get; } = new("cancel_open", "The cancel request is not completed for this order");
    public static Refusal RateLimited { get; } = new("rate_limited", "Rate limit exceeded");
    public static Refusal Unavailable { get; } = new("unavailable", "Service temporarily unavailable");

    /// <summary>A malformed request; <paramref name="detail"/> names the parameter and says what is expected.</summary>
    public static Refusal IncorrectRequest(string detail) => new("incorrect_request", "Incorrect request", detail);

    public static Refusal MinQuantity(long min) => new("min_quantity", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Quantity less than minimal {min}"));

    public static Refusal MaxQuantity(long max) => new("max_quantity", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Quantity more than maximum {max}"));

    public static Refusal ReferenceConflict(long order) =>
        new("reference_conflict", "order_reference was already used with other parameters", Order: order);
}
