using CsCheck;

namespace Tally.Tests.Fuzz;

/// <summary>What one fuzzed request is made by: the same seed and number make the same request, so that a finding can be sent again.</summary>
internal sealed class Dice(ulong seed, long number)
{
    private readonly PCG _pcg = new((uint)number, seed + (ulong)(number >> 32));

    /// <summary>From 0 to below <paramref name="most"/>.</summary>
    public int Below(int most) => (int)_pcg.Next((uint)most);

    public bool OneIn(int many) => Below(many) == 0;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    public T Draw<T>(Gen<T> from) => from.Generate(_pcg, null, out _);
}
