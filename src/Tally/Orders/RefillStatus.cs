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

/// <summary>Whether a provider is being asked for a refill. The numbers are stored; never renumber.</summary>
public enum RefillCall : short
{
    /// <summary>No call is under way.</summary>
    None = 0,

    /// <summary>The intent to call is stored and leased; the call may be under way.</summary>
    Calling = 1,

    /// <summary>Nobody knows whether the provider has the refill.</summary>
    Unclear = 2,
}

/// <summary>The words of <see cref="RefillStatus"/>.</summary>
public static class RefillStatusWords
{
    private static readonly string[] Words = ["Pending", "In progress", "Completed", "Rejected", "Error"];

    /// <summary>The word on the wire.</summary>
    public static string Word(this RefillStatus status) => Words[(int)status];

    /// <summary>Whether nothing more will happen by itself.</summary>
    public static bool IsFinal(this RefillStatus status) => status >= RefillStatus.Completed;

    /// <summary>Reads the word as the API writes it, without regard to case.</summary>
    public static bool TryRead(string word, out RefillStatus status)
    {
        var at = Array.FindIndex(Words, w => w.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase));
        status = (RefillStatus)Math.Max(at, 0);
        return at >= 0;
    }
}
