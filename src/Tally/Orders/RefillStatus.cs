namespace Tally.Orders;

/// <summary>Where a refill stands (lifecycle.md section 7). The numbers are stored; never renumber.</summary>
public enum RefillStatus : short
{
    Pending = 0,
    InProgress = 1,
    Completed = 2,
    Rejected = 3,
    Error = 4,
}

/// <summary>The words of <see cref="RefillStatus"/>.</summary>
public static class RefillStatusWords
{
    private static readonly string[] Words = ["Pending", "In progress", "Completed", "Rejected", "Error"];

    /// <summary>The word on the wire.</summary>
    public static string Word(this RefillStatus status) => Words[(int)status];

    /// <summary>Whether nothing more will happen by itself.</summary>
    public static bool IsFinal(this RefillStatus status) => status >= RefillStatus.Completed;
}
