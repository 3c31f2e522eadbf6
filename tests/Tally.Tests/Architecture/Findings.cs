namespace Tally.Tests.Architecture;

/// <summary>What a rule has found.</summary>
/// <param name="Examined">How many types, files or entries the rule has looked at: 0 means that it has proved nothing.</param>
/// <param name="Violations">One sentence for each violation.</param>
internal sealed record Findings(int Examined, IReadOnlyList<string> Violations);
