using System.Buffers;
using System.Runtime.InteropServices;

namespace Tally.Platform.Limits;

/// <summary>
/// A bounded map from keys to small states, spread over locks so that callers seldom meet. Nothing is allocated once the keys are known. When a stripe is
/// full, a new key pushes out the states that say nothing any more, or else the one that says the least, and with it some of the next: a flood of new keys must
/// not search the whole stripe for each.
/// </summary>
internal sealed class Stripes<TKey, TState> where TKey : notnull
{
    private const int MostStripes = 64;
    private const int SmallestStripe = 256;

    /// <summary>The part of a full stripe that makes room at once.</summary>
    private const int PartEvicted = 4;

    private readonly Stripe[] _stripes;
    private readonly IEqualityComparer<TKey> _keys;
    private readonly int _shift;

    /// <param name="capacity">Keys at most, 1 … 10,000,000. It is shared out evenly, so a full stripe evicts a little before the whole is full.</param>
    public Stripes(int capacity, IEqualityComparer<TKey>? keys)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 10_000_000);
        var bits = 0;
        while (1 << bits < MostStripes && capacity >> (bits + 1) >= SmallestStripe) bits++;
        _keys = keys ?? EqualityComparer<TKey>.Default;
        _shift = 32 - bits;
        _stripes = new Stripe[1 << bits];
        for (var i = 0; i < _stripes.Length; i++) _stripes[i] = new Stripe(capacity >> bits, keys);
    }

    public int Count => _stripes.Sum(static stripe => stripe.Count);

    /// <summary>Into how many stripes the keys are spread.</summary>
    public int Length => _stripes.Length;

    /// <summary>The key's own stripe; lock its gate, then look.</summary>
    public Stripe Of(TKey key) => this[IndexOf(key)];

    /// <summary>The stripe with that number, 0 … <see cref="Length"/> - 1.</summary>
    public Stripe this[int index] => _stripes[index];

    /// <summary>The number of the key's own stripe.</summary>
    public int IndexOf(TKey key)
    {
        if (_stripes.Length == 1) return 0;
        // Fibonacci hashing: neighbouring hash codes (small ids) land in different stripes.
        var mixed = unchecked((uint)_keys.GetHashCode(key) * 0x9E37_79B9u);
        return (int)(mixed >> _shift);
    }

    /// <summary>One lock and the states behind it.</summary>
    internal sealed class Stripe(int capacity, IEqualityComparer<TKey>? keys)
    {
        // A null comparer lets the dictionary call value keys directly.
        private readonly Dictionary<TKey, TState> _states = new(keys);

        public Lock Gate { get; } = new();

        public int Count
        {
            get
            {
                lock (Gate) return _states.Count;
            }
        }

        /// <summary>The key's state; a null reference if there is none.</summary>
        public ref TState Find(TKey key) => ref CollectionsMarshal.GetValueRefOrNullRef(_states, key);

        /// <summary>The key's state, made if it is new.</summary>
        /// <param name="weigh">What a state is worth at a time: 0 or less is worth nothing.</param>
        /// <param name="dear">States worth more than this go one at a time, when nothing else is left.</param>
        public ref TState FindOrAdd(TKey key, long now, Func<TState, long, long> weigh, long dear)
        {
            if (_states.Count >= capacity && !_states.ContainsKey(key)) Evict(now, weigh, dear);
            return ref CollectionsMarshal.GetValueRefOrAddDefault(_states, key, out _)!;
        }

        private void Evict(long now, Func<TState, long, long> weigh, long dear)
        {
            var weights = ArrayPool<long>.Shared.Rent(_states.Count);
            var left = 0;
            foreach (var (key, state) in _states)
            {
                var weight = weigh(state, now);
                if (weight <= 0) _states.Remove(key);
                else weights[left++] = weight;
            }
            if (_states.Count >= capacity) EvictLightest(weights.AsSpan(0, left), now, weigh, dear);
            ArrayPool<long>.Shared.Return(weights);
        }

        /// <summary>The states that say the least: a part of all, of those that are dear just one, if there are no others.</summary>
        private void EvictLightest(Span<long> weights, long now, Func<TState, long, long> weigh, long dear)
        {
            weights.Sort();
            var most = weights[0] > dear ? 1 : Math.Max(capacity / PartEvicted, 1);
            var heaviest = weights[0] > dear ? weights[0] : Math.Min(weights[most - 1], dear);
            var asHeavy = most;
            foreach (var weight in weights[..most])
            {
                if (weight < heaviest) asHeavy--;
            }
            foreach (var (key, state) in _states)
            {
                var weight = weigh(state, now);
                if (weight < heaviest || (weight == heaviest && asHeavy-- > 0)) _states.Remove(key);
            }
        }
    }
}
