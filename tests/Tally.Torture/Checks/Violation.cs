namespace Tally.Torture;

/// <summary>A promise that was broken.</summary>
/// <param name="Check">Which one, in a word.</param>
/// <param name="Text">By what.</param>
internal sealed record Violation(string Check, string Text)
{
    public const string Lost = "lost", Doubled = "doubled";

    public override string ToString() => $"{Check}: {Text}";
}
