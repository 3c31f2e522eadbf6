using Tally.Accounts;
using Tally.Orders;

namespace Tally.ApiV2;

/// <summary><c>add</c>: places an order. Once it is on its way, the client's going away does not stop it: the order stands, and its reference finds it.</summary>
internal sealed class AddAction(PlaceOrder place)
{
    public async ValueTask<Refusal?> RunAsync(HttpRequest request, Caller caller, RequestParameters parameters, ResponseJson json)
    {
        foreach (var reference in request.Headers["Idempotency-Key"])
        {
            if (!string.IsNullOrEmpty(reference))
            {
                parameters.Set(Parameter.Reference, reference);
            }
        }

        if (parameters.Fault is { } fault)
        {
            return fault;
        }

        switch (await place.RunAsync(caller.AccountId, Read(parameters), CancellationToken.None))
        {
            case PlaceOrderOutcome.Refused refused:
                return refused.Refusal;
            case PlaceOrderOutcome.Placed placed:
                json.Raw("{\"order\":"u8);
                json.Number(placed.Order);
                json.Raw("}"u8);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The same in the words of the use case.</summary>
    internal static OrderParameters Read(RequestParameters parameters) => new()
    {
        Service = parameters[Parameter.Service],
        Link = parameters[Parameter.Link],
        Quantity = parameters[Parameter.Quantity],
        Runs = parameters[Parameter.Runs],
        Interval = parameters[Parameter.Interval],
        Reference = parameters[Parameter.Reference],
        Own = parameters.Own,
    };
}
