namespace Tally.Torture;

/// <summary>Deals faults as the dice want it: each comes before any comes again, and some come with a companion that grips something else.</summary>
internal sealed class FaultBag
{
    private const int OneInSoManyHasCompany = 3;
    private readonly TortureFault[] _all;
    private readonly Random _dice;
    private readonly Queue<TortureFault> _next = new();

    public FaultBag(IEnumerable<TortureFault> possible, Random dice)
    {
        (_all, _dice) = ([.. possible], dice);
        if (_all.Length == 0)
        {
            throw new InvalidInputException($"No fault is left. There are: {string.Join("; ", AllFaults.List.Select(f => f.Name))}.");
        }
    }

    /// <summary>One fault, or two that strike at once.</summary>
    public IReadOnlyList<TortureFault> Next()
    {
        var first = Take();
        return _dice.Next(OneInSoManyHasCompany) == 0 && _next.TryPeek(out var second) && MayStrikeTogether(first, second) ? [first, _next.Dequeue()] : [first];
    }

    private static bool MayStrikeTogether(TortureFault one, TortureFault other) => (one.Grip & other.Grip) == Grip.None && !(one.Grip | other.Grip).HasFlag(Grip.Access);

    private TortureFault Take()
    {
        if (_next.Count == 0)
        {
            _dice.Shuffle(_all);
            foreach (var fault in _all)
            {
                _next.Enqueue(fault);
            }
        }

        return _next.Dequeue();
    }
}
