using Tally.Contract;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>What a call of <c>add</c> at a provider came to.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The provider has it under this id.</summary>
    public sealed record Taken(string ProviderOrder) : SendOutcome;

    /// <summary>The provider definitely has it not, and sending it again now would be refused again.</summary>
    public sealed record Refused(string Words) : SendOutcome;

    /// <summary>The provider definitely has it not, but may take it later (not reached, flood control, maintenance).</summary>
    public sealed record Later(string Words) : SendOutcome;

    /// <summary>The provider takes nothing from us now, whatever the order (our money there is used up, or it refuses our key or address): it is paused and nothing fails.</summary>
    public sealed record Pauses(PauseKind Kind, string Words) : SendOutcome;

    /// <summary>Nobody knows whether the provider has it. <paramref name="ForOperator"/>: not even sending it again under its reference would tell.</summary>
    public sealed record Unconfirmed(string Words, bool ForOperator = false) : SendOutcome;

    /// <summary>Reads an answer (lifecycle.md section 3): a definite one moves the order on, anything else leaves it unconfirmed.</summary>
    public static SendOutcome Of(ApiResult<long> answer) => answer switch
    {
        ApiResult<long>.Answered(var id) => new Taken(id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ApiResult<long>.NotSent(var what) => new Later(what),
        ApiResult<long>.Refused { Error: var error, IsRateLimited: var limited } => limited ? new Later(error.Text) : OfRefusal(error),
        ApiResult<long>.Unclear { What: var what } => new Unconfirmed(what),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };

    private static SendOutcome OfRefusal(ApiError error) => error.LikelyCode switch
    {
        // There is an order under our reference, and it is not this one: whose it is, a person must see.
        ApiErrorCodes.ReferenceConflict => new Unconfirmed(error.Text, ForOperator: true),
        _ when error.Order is not null => new Unconfirmed(error.Text, ForOperator: true),
        ApiErrorCodes.Unavailable => new Later(error.Text),
        _ when ProviderPauses.KindOf(error) is { } kind => new Pauses(kind, error.Text),
        _ => new Refused(error.Text),
    };
}
