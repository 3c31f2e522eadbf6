using Tally.Contract.Reading;

namespace Tally.Contract.Sending;

/// <summary>How far an HTTP call came, before anybody has looked into the body.</summary>
internal abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>A whole answer is here.</summary>
    public sealed record Received(Answer Answer, Memory<byte> Body) : CallOutcome;

    /// <summary>No whole answer, and no proof that the panel did not act.</summary>
    public sealed record Lost(UnclearReason Reason, string What, int? HttpStatus) : CallOutcome;

    /// <summary>Proof that the panel did not act.</summary>
    public sealed record NotSent(string What) : CallOutcome;
}
