using Tally.Contract;

namespace Tally.Orders.Workers;

/// <summary>What asking a provider to cancel an order came to. Nothing here moves money: that is for the provider's status.</summary>
public abstract record CancelAnswer
{
    /// <summary>How many unclear answers there may be before the operator has to look at it.</summary>
    internal const int MostUnclear = 8;

    private const long WaitForSendingMs = 30_000;

    private CancelAnswer()
    {
    }

    /// <summary>The provider accepts it, or has accepted it before (<paramref name="Words"/>).</summary>
    public sealed record Accepted(string? Words) : CancelAnswer;

    /// <summary>The provider definitely refuses.</summary>
    public sealed record Refused(string Words) : CancelAnswer;

    /// <summary>The provider definitely did not take it, but may later.</summary>
    public sealed record Later(string Words) : CancelAnswer;

    /// <summary>Nobody knows. Asking again does no harm.</summary>
    public sealed record Unclear(string Words) : CancelAnswer;

    /// <summary>Reads the answer about one order; null when the answer did not speak of it.</summary>
    public static CancelAnswer Of(ApiResult<bool>? answer) => answer switch
    {
        ApiResult<bool>.Answered(true) => new Accepted(null),
        ApiResult<bool>.Answered => new Refused("The provider did not accept it."),
        ApiResult<bool>.NotSent(var what) => new Later(what),
        ApiResult<bool>.Refused { Error: { LikelyCode: ApiErrorCodes.CancelOpen } error } => new Accepted(error.Text),
        ApiResult<bool>.Refused refused => refused.SaysLater() ? new Later(refused.Error.Text) : new Refused(refused.Error.Text),
        ApiResult<bool>.Unclear(_, var what, _) => new Unclear("No clear answer: " + what),
        null => new Unclear("The answer did not speak of this order."),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };

    /// <summary>The answer about one order of a call for <paramref name="asked"/>.</summary>
    public static CancelAnswer Of(ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>> answers, string providerOrder, int asked) => answers switch
    {
        ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>.Answered(var items) => Of(items.GetValueOrDefault(providerOrder)),
        ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>.NotSent(var what) => new Later(what),
        ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>.Unclear(_, var what, _) => new Unclear("No clear answer: " + what),

        // A refused list says nothing of an order in it (too many ids, lists not known): each is asked for alone the next time.
        ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>.Refused refused =>
            asked > 1 || refused.SaysLater() ? new Later(refused.Error.Text)
            : refused.Error.LikelyCode == ApiErrorCodes.CancelOpen ? new Accepted(refused.Error.Text)
            : new Refused(refused.Error.Text),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };

    /// <summary>What the answer makes of a request.</summary>
    /// <param name="attempt">How often it has been claimed, from 1.</param>
    /// <param name="unclear">How many answers to it were unclear before.</param>
    internal CancelStep Decide(int attempt, int unclear, long nowMs) => this switch
    {
        Accepted(var words) => new CancelStep(CancelState.Forwarded, null, words, unclear),
        Refused(var words) => new CancelStep(CancelState.Rejected, null, words, unclear),
        Later(var words) => new CancelStep(CancelState.Open, nowMs + Pauses.AfterAttempt(attempt), words, unclear),
        Unclear(var words) when unclear + 1 < MostUnclear => new CancelStep(CancelState.Open, nowMs + Pauses.AfterAttempt(attempt), words, unclear + 1),
        Unclear(var words) => new CancelStep(CancelState.Open, null, $"{words} That was so {unclear + 1} times: the operator decides.", unclear + 1),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };

    /// <summary>What becomes of a request that could not be passed on, by where its order stands on its way to the provider.</summary>
    internal static CancelStep Unasked(Order order, int attempt, int unclear, string? note, long nowMs) => order switch
    {
        { SendState: SendState.Unconfirmed, DueAt: null } => new CancelStep(CancelState.Open, null, "The order is unconfirmed: the operator decides.", unclear),
        { SendState: SendState.None } => new CancelStep(CancelState.Open, null, note, unclear),
        _ => new CancelStep(CancelState.Open, nowMs + Math.Min(WaitForSendingMs, Pauses.AfterAttempt(attempt)), note, unclear),
    };
}

/// <summary>Where a request to cancel stands after an answer.</summary>
/// <param name="DueAt">When it is passed on again (unix ms); null = the provider has it, it has ended, or it waits for the operator.</param>
/// <param name="Unclear">How many answers to it were unclear.</param>
internal sealed record CancelStep(CancelState State, long? DueAt, string? Note, int Unclear);
