namespace Tally.Contract;

/// <summary>The bounds of a client. Every answer comes from a stranger, so each of them has an end.</summary>
public sealed record ApiV2ClientOptions
{
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);
    private readonly int _maxServicesBytes = 64 * 1024 * 1024;
    private readonly int _maxAnswerBytes = 4 * 1024 * 1024;
    private readonly int _maxDepth = 32;

    /// <summary>
    /// The time for a whole call, from connecting to the last byte of the answer: above zero and at most a day, or
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>. 30 seconds by default (lifecycle.md section 3).
    /// The HttpClient's own time-out counts too, whichever is over first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public TimeSpan Timeout
    {
        get => _timeout;
        init
        {
            var inRange = value == System.Threading.Timeout.InfiniteTimeSpan || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(1));
            _timeout = inRange ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Above zero and at most a day, or infinite.");
        }
    }

    /// <summary>The largest answer to <c>services</c>, in bytes after decompression, 1 to 1 GiB. 64 MiB by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public int MaxServicesBytes
    {
        get => _maxServicesBytes;
        init => _maxServicesBytes = Between1And(1 << 30, value);
    }

    /// <summary>The largest answer to anything else, in bytes after decompression, 1 to 1 GiB. 4 MiB by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public int MaxAnswerBytes
    {
        get => _maxAnswerBytes;
        init => _maxAnswerBytes = Between1And(1 << 30, value);
    }

    /// <summary>How deep an answer's JSON may nest, 1 to 1,000. 32 by default; the contract needs 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public int MaxDepth
    {
        get => _maxDepth;
        init => _maxDepth = Between1And(1_000, value);
    }

    /// <summary>Parameters that go with every call, by their wire names. One that a call sets itself is left out of that call.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Extra { get; init; } = [];

    /// <summary>The clock of <see cref="Timeout"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    private static int Between1And(int most, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most);
        return value;
    }
}
