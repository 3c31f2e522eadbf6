namespace Tally.Contract;

/// <summary>A refusal, as the panel put it (api-v2.md section 5). The key, should a panel echo it, is masked.</summary>
/// <param name="Text">The <c>error</c>, at most 1,000 characters. Panels other than Tally use their own words and languages.</param>
/// <param name="Code">The stable machine code; null on panels that have none.</param>
/// <param name="Detail">What exactly was wrong, such as the name of a parameter.</param>
/// <param name="Order">The order the error speaks of: with <see cref="ApiErrorCodes.ReferenceConflict"/> the one that has the reference already.</param>
public sealed record ApiError(string Text, string? Code = null, string? Detail = null, long? Order = null)
{
    /// <summary>The code, or the one that <see cref="Text"/> points to; null when it points nowhere.</summary>
    public string? LikelyCode => Code ?? ApiErrorCodes.OfText(Text);
}
