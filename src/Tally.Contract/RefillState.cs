namespace Tally.Contract;

/// <summary>How a refill stands: the answer to <c>refill_status</c>.</summary>
/// <param name="Status">The word; <see cref="RefillWord.Unknown"/> proves nothing.</param>
/// <param name="StatusText">The word as the panel wrote it.</param>
public sealed record RefillState(RefillWord Status, string StatusText);

/// <summary>A refill's status (lifecycle.md section 7).</summary>
public enum RefillWord
{
    /// <summary>A word that is none of the others.</summary>
    Unknown = 0,
    Pending,
    InProgress,
    Completed,
    Rejected,
    Error,
}

/// <summary>The refill words as they stand on the wire.</summary>
public static class RefillStatusWords
{
    public const string Pending = "Pending";
    public const string InProgress = "In progress";
    public const string Completed = "Completed";
    public const string Rejected = "Rejected";
    public const string Error = "Error";

    /// <summary>Reads a word without regard to case, spaces, hyphens and underscores. False, with <see cref="RefillWord.Unknown"/>, for anything else.</summary>
    public static bool TryRead(string? text, out RefillWord word)
    {
        word = Words.Bare(text) switch
        {
            "pending" => RefillWord.Pending,
            "inprogress" => RefillWord.InProgress,
            "completed" => RefillWord.Completed,
            "rejected" => RefillWord.Rejected,
            "error" => RefillWord.Error,
            _ => RefillWord.Unknown,
        };
        return word != RefillWord.Unknown;
    }
}
