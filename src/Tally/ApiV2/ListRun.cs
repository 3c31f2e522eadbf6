namespace Tally.ApiV2;

/// <summary>
/// Carries out a list's items one after the other. When the store fails half-way, what was accepted before is still told, and the rest of the list is
/// answered <c>Service temporarily unavailable</c> without being tried. A failure at the first item fails the whole request.
/// </summary>
internal sealed class ListRun(ILogger log)
{
    private bool _down;

    /// <summary>Whether no item has been carried out yet.</summary>
    public bool IsFirst { get; private set; } = true;

    /// <returns>Why the item was refused; null when it was accepted.</returns>
    public async ValueTask<Refusal?> NextAsync(Func<Task<Refusal?>> item)
    {
        if (_down)
        {
            return Refusal.Unavailable;
        }

        try
        {
            var refusal = await item();
            IsFirst = false;
            return refusal;
        }
        catch (Exception failure) when (!IsFirst)
        {
            log.LogError(failure, "A list of cancels or refills stopped half-way");
            _down = true;
            return Refusal.Unavailable;
        }
    }
}
