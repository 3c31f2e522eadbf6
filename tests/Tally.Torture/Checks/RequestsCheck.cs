using Tally.Orders;

namespace Tally.Torture;

/// <summary>Every request to cancel and every refill that was acknowledged is there; and no answer came that no panel may give.</summary>
internal static class RequestsCheck
{
    public static IEnumerable<Violation> Of(IEnumerable<AcceptedRequest> requests, IEnumerable<WrongAnswer> wrong, StoreContents store)
    {
        var orders = store.Orders.ToDictionary(o => o.Id);
        foreach (var request in requests)
        {
            if (request.Refill is { } refill)
            {
                if (!store.Refills.TryGetValue(refill, out var order) || order != request.Order)
                {
                    yield return new("refill", $"refill {refill} of order {request.Order} was acknowledged and is not there");
                }
            }
            else if (!store.Cancelling.Contains(request.Order) && orders.GetValueOrDefault(request.Order)?.Status.IsFinal() != true)
            {
                yield return new("cancel", $"the request to cancel order {request.Order} was acknowledged and is not there");
            }
        }

        foreach (var answer in wrong)
        {
            yield return new("answer", answer.Text);
        }
    }
}
