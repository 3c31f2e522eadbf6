using System.Collections.Concurrent;

namespace Tally.Torture;

/// <summary>A request about an order that was acknowledged: the panel must know of it ever after.</summary>
/// <param name="Refill">The refill's id; null for a request to cancel.</param>
internal sealed record AcceptedRequest(long Order, long? Refill);

/// <summary>A key that was revoked: from then on, and a moment, no node may take it.</summary>
/// <param name="At">When the revocation was committed (<see cref="Clock"/>).</param>
internal sealed record RevokedKey(long Key, long At);

/// <summary>A time in which an account might not be used from where its customers are.</summary>
/// <param name="From">When the list was committed.</param>
/// <param name="To">When the next one was about to be.</param>
internal sealed record ClosedTime(long Account, long From, long To);

/// <summary>An answer that no panel may give, whatever happens to it: what was asked, and what came.</summary>
internal sealed record WrongAnswer(string Text);

/// <summary>What customers remember of all that they sent: the word against which the panel is held.</summary>
internal sealed class Journal
{
    private readonly ConcurrentQueue<Wish> _wishes = new();
    private readonly ConcurrentQueue<AcceptedRequest> _requests = new();
    private readonly ConcurrentQueue<RevokedKey> _revoked = new();
    private readonly ConcurrentQueue<ClosedTime> _closed = new();
    private readonly ConcurrentQueue<WrongAnswer> _wrong = new();
    private readonly ConcurrentQueue<Wish> _open = new();

    public IReadOnlyCollection<Wish> Wishes => _wishes;

    public IReadOnlyCollection<AcceptedRequest> Requests => _requests;

    public IReadOnlyCollection<RevokedKey> Revoked => _revoked;

    public IReadOnlyCollection<ClosedTime> Closed => _closed;

    public IReadOnlyCollection<WrongAnswer> Wrong => _wrong;

    public void Add(Wish wish) => _wishes.Enqueue(wish);

    public void Add(AcceptedRequest request) => _requests.Enqueue(request);

    public void Add(RevokedKey key) => _revoked.Enqueue(key);

    public void Add(ClosedTime time) => _closed.Enqueue(time);

    public void Add(WrongAnswer answer) => _wrong.Enqueue(answer);

    /// <summary>Puts a wish aside of which nobody knows, for a later attempt.</summary>
    public void PutAside(Wish wish) => _open.Enqueue(wish);

    /// <summary>Takes one that was put aside.</summary>
    public Wish? TakeAside() => _open.TryDequeue(out var wish) ? wish : null;
}
