namespace Tally.Torture;

/// <summary>How one call of <c>add</c> ended for the customer.</summary>
internal enum AnswerKind
{
    /// <summary>The order stands, under <see cref="Attempt.Order"/>.</summary>
    Accepted,

    /// <summary>It definitely does not: nothing may have been taken.</summary>
    Refused,

    /// <summary>No answer, or <c>Service temporarily unavailable</c>: nobody knows.</summary>
    Unknown,

    /// <summary>The connection was dropped before the request was whole: nothing may have been taken.</summary>
    NeverWhole,
}

/// <summary>One call of <c>add</c>.</summary>
/// <param name="Order">With <see cref="AnswerKind.Accepted"/> the order's id, with a conflict of references the first order's.</param>
/// <param name="Code">With <see cref="AnswerKind.Refused"/> the machine's word.</param>
/// <param name="Key">The number of the key that it was sent with.</param>
/// <param name="SentAt">When it was sent (<see cref="Clock"/>).</param>
internal readonly record struct Attempt(AnswerKind Kind, long Order, string? Code, long Key, long SentAt);

/// <summary>An order as a customer wants it, with every attempt at it. Its link is its own, so that it is known wherever it appears.</summary>
/// <param name="reference">Null for a customer who sends none, and so cannot try again.</param>
internal sealed class Wish(long account, long service, string link, long quantity, string? reference)
{
    private readonly Lock _gate = new();
    private readonly List<Attempt> _attempts = new(1);

    public long Account => account;

    public long Service => service;

    public string Link => link;

    public long Quantity => quantity;

    public string? Reference => reference;

    /// <summary>What was answered so far, in the order of the answers.</summary>
    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (_gate)
            {
                return [.. _attempts];
            }
        }
    }

    /// <summary>The order's id, when at least one answer said that it stands.</summary>
    public long? Acknowledged
    {
        get
        {
            lock (_gate)
            {
                foreach (var attempt in _attempts)
                {
                    if (attempt.Kind == AnswerKind.Accepted)
                    {
                        return attempt.Order;
                    }
                }

                return null;
            }
        }
    }

    /// <summary>Whether another attempt is needed to know what became of it.</summary>
    public bool IsOpen => Reference is not null && Acknowledged is null && Attempts.Any(a => a.Kind is AnswerKind.Unknown);

    public void Add(Attempt attempt)
    {
        lock (_gate)
        {
            _attempts.Add(attempt);
        }
    }
}
