namespace Tally.Providers;

/// <summary>Another panel that delivers orders and speaks the same API v2.</summary>
/// <param name="Url">Its API's address.</param>
/// <param name="Key">Our key there; never logged.</param>
/// <param name="SupportsReferences">Whether it knows <c>order_reference</c>: then an order may safely be sent to it again.</param>
/// <param name="AllowPrivate">Whether its address may be a private one.</param>
/// <param name="PauseReason">Why it is paused; null while it works.</param>
/// <param name="Concurrency">How many calls may be under way at once.</param>
public sealed record Provider(
    long Id, string Name, Uri Url, string Key, bool SupportsReferences, bool AllowPrivate, string? PauseReason, int Concurrency)
{
    /// <summary>Whether nothing is to be sent to it now. Reading goes on.</summary>
    public bool Paused => PauseReason is not null;

    /// <summary>Without the key.</summary>
    public override string ToString() => $"provider {Id} {Name}";
}
