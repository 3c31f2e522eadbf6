namespace Tally.Demo;

/// <summary>An answer's <c>error</c> with its machine code (api-v2.md section 5).</summary>
internal sealed record Refusal(string Error, string Code)
{
    /// <summary>Which parameter or limit is meant.</summary>
    public string? Detail { get; init; }

    /// <summary>The first order's id, when a reference was used with other parameters.</summary>
    public int? Order { get; init; }

    public static readonly Refusal InvalidKey = new("Invalid API key", "invalid_key");
    public static readonly Refusal UnknownService = new("Incorrect service ID", "incorrect_service");
    public static readonly Refusal UnknownOrder = new("Incorrect order ID", "incorrect_order");
    public static readonly Refusal BadLink = new("Bad link", "bad_link");
    public static readonly Refusal NotEnoughFunds = new("Not enough funds on balance", "not_enough_funds");
    public static readonly Refusal DripFeedDisabled = new("Drip-feed is disabled for this service", "dripfeed_disabled");
    public static readonly Refusal TooManyRequests = new("Rate limit exceeded", "rate_limited");
    public static readonly Refusal RefillDisabled = new("Refill is disabled for this service", "refill_disabled");
    public static readonly Refusal RefillNotCompleted = new("The order is not completed", "refill_not_completed");
    public static readonly Refusal RefillOpen = new("The refill task is not completed for this order", "refill_open");
    public static readonly Refusal RefillTooEarly = new("The order was completed or refill was requested less than 24 hours ago", "refill_too_early");
    public static readonly Refusal RefillExpired = new("The refill period is over", "refill_expired");
    public static readonly Refusal UnknownRefill = new("Refill not found", "refill_not_found");
    public static readonly Refusal CancelDisabled = new("Cancel is disabled for this service", "cancel_disabled");
    public static readonly Refusal CancelFinal = new("The order cannot be canceled", "cancel_final");
    public static readonly Refusal CancelOpen = new("The cancel request is not completed for this order", "cancel_open");

    public static Refusal Incorrect(string detail) => new("Incorrect request", "incorrect_request") { Detail = detail };

    public static Refusal LessThanMin(long min) => new($"Quantity less than minimal {min}", "min_quantity");

    public static Refusal MoreThanMax(long max) => new($"Quantity more than maximum {max}", "max_quantity");

    /// <summary>The words of an order's script.</summary>
    public static Refusal Scripted(string text) => new(text, "refused");

    public static Refusal ReferenceConflict(int first) =>
        new("order_reference was already used with other parameters", "reference_conflict") { Order = first };
}
