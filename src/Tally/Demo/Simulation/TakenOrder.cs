namespace Tally.Demo;

/// <summary>An order that really arrived and was charged.</summary>
/// <param name="Id">The provider's own id.</param>
/// <param name="Service">The provider's service id.</param>
/// <param name="Link">As it was sent, trimmed; empty for a subscription.</param>
/// <param name="Quantity">The whole quantity, of all runs; 0 for a subscription.</param>
/// <param name="Cost">What it cost when it was taken.</param>
/// <param name="Reference">The <c>order_reference</c> it came with, also when the provider does not support it.</param>
/// <param name="At">The real time of arrival.</param>
public sealed record TakenOrder(int Id, int Service, string Link, long Quantity, decimal Cost, string? Reference, DateTimeOffset At)
{
    internal static TakenOrder From(SimulatedOrder order) => new(
        order.Id,
        order.Draft.Service.Id,
        order.Draft.Link,
        order.Draft.Quantity,
        order.Draft.Cost,
        order.Draft.SentReference,
        order.ReceivedAt);
}
