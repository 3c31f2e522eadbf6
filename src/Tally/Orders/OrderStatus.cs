namespace Tally.Orders;

/// <summary>Where an order stands. The API knows the first six words; subscriptions add three (api-v2.md section 7). The numbers are stored; never renumber.</summary>
public enum OrderStatus : short
{
    Pending = 0,
    Processing = 1,
    InProgress = 2,
    Completed = 3,
    Partial = 4,
    Canceled = 5,
    Active = 6,
    Paused = 7,
    Expired = 8,
}

/// <summary>Where an order stands on its way to the provider (lifecycle.md section 3). The numbers are stored; never renumber.</summary>
public enum SendState : short
{
    /// <summary>Never sent: manual services, drip-feed parents.</summary>
    None = 0,

    /// <summary>Waits to be sent.</summary>
    Ready = 1,

    /// <summary>The intent to send is stored and leased; the call may be under way.</summary>
    Sending = 2,

    /// <summary>The provider has answered with its id.</summary>
    Sent = 3,

    /// <summary>
    /// Nobody knows whether the provider took it. With a due time it is sent again under its reference, which the provider knows; without one never by itself.
    /// </summary>
    Unconfirmed = 4,

    /// <summary>Definitely refused; waits for the operator.</summary>
    Held = 5,
}

/// <summary>The words and kinds of <see cref="OrderStatus"/>.</summary>
public static class OrderStatusWords
{
    private static readonly string[] Words =
        ["Pending", "Processing", "In progress", "Completed", "Partial", "Canceled", "Active", "Paused", "Expired"];

    /// <summary>The word on the wire.</summary>
    public static string Word(this OrderStatus status) => Words[(int)status];

    /// <summary>Whether nothing more will happen by itself.</summary>
    public static bool IsFinal(this OrderStatus status) =>
        status is OrderStatus.Completed or OrderStatus.Partial or OrderStatus.Canceled or OrderStatus.Expired;

    /// <summary>Reads the word as the API writes it, without regard to case.</summary>
    public static bool TryRead(string word, out OrderStatus status)
    {
        var at = Array.FindIndex(Words, w => w.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase));
        status = (OrderStatus)Math.Max(at, 0);
        return at >= 0;
    }
}
