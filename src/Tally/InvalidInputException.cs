namespace Tally;

/// <summary>What a person gave cannot be used; the message says what is wrong and what to do. Commands print it and exit with 1, pages show it beside the field.</summary>
public sealed class InvalidInputException(string message) : Exception(message);
