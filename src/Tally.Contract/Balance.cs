namespace Tally.Contract;

/// <summary>The answer to <c>balance</c>.</summary>
/// <param name="Amount">The money on the account, negative where the panel grants credit.</param>
/// <param name="Currency">Its currency, such as <c>USD</c>; null on panels that do not say.</param>
public sealed record Balance(decimal Amount, string? Currency);
