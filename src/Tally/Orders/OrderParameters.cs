namespace Tally.Orders;

/// <summary>
/// What a customer sent to place an order, still as text: the API's form, a page's form and a line of a mass order all become this.
/// Null means not sent. Which of them count depends on the service's type (<see cref="Catalog.TypeRules"/>).
/// </summary>
public sealed record OrderParameters
{
    public string? Service { get; init; }
    public string? Link { get; init; }
    public string? Quantity { get; init; }
    public string? Runs { get; init; }
    public string? Interval { get; init; }

    /// <summary>The customer's own reference, 1 to 100 Unicode code points; makes the order repeatable without a second charge.</summary>
    public string? Reference { get; init; }

    /// <summary>Reads one of the type's own parameters by its wire name (<c>comments</c>, <c>usernames</c>, …); null when it was not sent.</summary>
    public required Func<string, string?> Own { get; init; }
}
