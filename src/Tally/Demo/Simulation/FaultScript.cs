namespace Tally.Demo;

/// <summary>
/// Which calls go wrong, and how: per action, "the next n calls" first, then chance. Thread-safe. Chance follows from the
/// seed, the action and the number of the call within its action, so the same calls fail in every run.
/// </summary>
public sealed class FaultScript
{
    private readonly Lock _gate = new();
    private readonly int _seed;
    private readonly Dictionary<SimulatedAction, ActionScript> _actions =
        Enum.GetValues<SimulatedAction>().ToDictionary(action => action, _ => new ActionScript());

    internal FaultScript(int seed) => _seed = seed;

    /// <summary>The next <paramref name="calls"/> (1 or more) calls of the action fail so, after those already scripted.</summary>
    public void Next(SimulatedAction action, Fault fault, int calls = 1)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1);
        lock (_gate)
            _actions[action].Next.Enqueue(new NextCalls(fault, calls));
    }

    /// <summary>
    /// Every call of the action fails so with this probability (0 to 1); of several such rules the first that strikes wins.
    /// </summary>
    public void WithProbability(SimulatedAction action, double probability, Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        lock (_gate)
            _actions[action].Chances.Add(new Chance(fault, probability));
    }

    /// <summary>No call fails any more; the numbering of calls goes on.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var script in _actions.Values)
            {
                script.Next.Clear();
                script.Chances.Clear();
            }
        }
    }

    /// <summary>Counts a call of the action and says what goes wrong with it; null for nothing.</summary>
    internal Fault? Take(SimulatedAction action)
    {
        lock (_gate)
        {
            var script = _actions[action];
            script.Calls++;
            if (script.Next.TryPeek(out var next))
            {
                if (--next.Left == 0)
                    _ = script.Next.Dequeue();
                return next.Fault;
            }

            for (var rule = 0; rule < script.Chances.Count; rule++)
            {
                var number = (script.Calls << 8) + ((long)action << 4) + rule;
                if (Dice.Happens(script.Chances[rule].Probability, _seed, number, DiceUse.Fault))
                    return script.Chances[rule].Fault;
            }

            return null;
        }
    }

    private sealed class ActionScript
    {
        public Queue<NextCalls> Next { get; } = new();

        public List<Chance> Chances { get; } = [];

        public long Calls { get; set; }
    }

    private sealed class NextCalls(Fault fault, int left)
    {
        public Fault Fault => fault;

        public int Left { get; set; } = left;
    }

    private sealed record Chance(Fault Fault, double Probability);
}
