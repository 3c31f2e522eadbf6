namespace Tally.Contract;

/// <summary>An order's status: the six words of the API, and a subscription's own three (api-v2.md section 7).</summary>
public enum OrderWord
{
    /// <summary>A word that is none of the others. It proves nothing about the order.</summary>
    Unknown = 0,
    Pending,
    Processing,
    InProgress,
    Completed,
    Partial,
    Canceled,
    Active,
    Paused,
    Expired,
}

/// <summary>The status words as they stand on the wire.</summary>
public static class OrderStatusWords
{
    public const string Pending = "Pending";
    public const string Processing = "Processing";
    public const string InProgress = "In progress";
    public const string Completed = "Completed";
    public const string Partial = "Partial";
    public const string Canceled = "Canceled";
    public const string Active = "Active";
    public const string Paused = "Paused";
    public const string Expired = "Expired";

    private static readonly (string Text, OrderWord Word)[] s_all =
    [
        (Pending, OrderWord.Pending), (Processing, OrderWord.Processing), (InProgress, OrderWord.InProgress), (Completed, OrderWord.Completed), (Partial, OrderWord.Partial),
        (Canceled, OrderWord.Canceled), (Active, OrderWord.Active), (Paused, OrderWord.Paused), (Expired, OrderWord.Expired),
    ];

    private static readonly Dictionary<string, OrderWord> s_bare = new(
        s_all.Select(w => KeyValuePair.Create(Words.Bare(w.Text)!, w.Word)).Append(KeyValuePair.Create("cancelled", OrderWord.Canceled)), StringComparer.Ordinal);

    /// <summary>
    /// Reads a word without regard to case, spaces, hyphens and underscores, <c>Cancelled</c> with two l's too (lifecycle.md section 4). False, with
    /// <see cref="OrderWord.Unknown"/>, for anything else: a status is never guessed.
    /// </summary>
    public static bool TryRead(string? text, out OrderWord word)
    {
        word = OrderWord.Unknown;
        return Words.Bare(text) is { } bare && s_bare.TryGetValue(bare, out word);
    }

    /// <summary>The word as the API writes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="OrderWord.Unknown"/> has no wire form.</exception>
    public static string TextOf(OrderWord word) =>
        Array.Find(s_all, w => w.Word == word).Text ?? throw new ArgumentOutOfRangeException(nameof(word), word, "No word of the API.");
}
