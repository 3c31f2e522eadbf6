using Tally.Contract;

namespace Tally.Orders.Workers;

/// <summary>What a call of <c>refill</c> at a provider came to.</summary>
public abstract record RefillAnswer
{
    private RefillAnswer()
    {
    }

    /// <summary>The provider has it under this id.</summary>
    public sealed record Taken(string ProviderRefill) : RefillAnswer;

    /// <summary>The provider definitely has it not, but may take it later (not reached, flood control, maintenance, our key or our money there).</summary>
    public sealed record Later(string Words) : RefillAnswer;

    /// <summary>The provider definitely refuses it.</summary>
    public sealed record Refused(string Words) : RefillAnswer;

    /// <summary>Nobody knows whether the provider has it.</summary>
    public sealed record Unclear(string Words) : RefillAnswer;

    /// <summary>Reads an answer.</summary>
    public static RefillAnswer Of(ApiResult<string> answer) => answer switch
    {
        ApiResult<string>.Answered(var id) => new Taken(id),
        ApiResult<string>.NotSent(var what) => new Later(what),
        ApiResult<string>.Refused refused => refused.SaysLater() ? new Later(refused.Error.Text) : new Refused(refused.Error.Text),
        ApiResult<string>.Unclear(_, var what, _) => new Unclear("No clear answer: " + what),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };

    /// <summary>What the answer makes of a refill task.</summary>
    /// <param name="attempt">How often it has been claimed for asking, from 1.</param>
    internal RefillStep Decide(int attempt, long nowMs, long shortestMs) => this switch
    {
        Taken(var id) => new RefillStep(RefillStatus.InProgress, RefillCall.None, id, null, nowMs + Pauses.UntilFollowed(0, shortestMs)),
        Later(var words) => new RefillStep(RefillStatus.Pending, RefillCall.None, null, words, nowMs + Pauses.AfterAttempt(attempt)),
        Refused(var words) => new RefillStep(RefillStatus.Rejected, RefillCall.None, null, words, null),

        // It costs nothing but the refill: ended, so that the customer may ask again a day later, when asking the provider again can do no harm (ADR 0011).
        Unclear(var words) => new RefillStep(RefillStatus.Error, RefillCall.Unclear, null, words, null),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };
}

/// <summary>Where a refill task stands after an answer.</summary>
/// <param name="DueAt">When it is taken up again (unix ms); null = it has ended, or waits for the operator.</param>
internal sealed record RefillStep(RefillStatus Status, RefillCall Call, string? ProviderRefill, string? Note, long? DueAt);
