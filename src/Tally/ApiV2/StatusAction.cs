using Tally.Accounts;
using Tally.Orders;
using Tally.Settings;

namespace Tally.ApiV2;

/// <summary><c>status</c>: of one order, or of up to 100 in an object keyed by the ids as they were sent.</summary>
internal sealed class StatusAction(ReadOrders orders, SettingsSnapshot settings)
{
    /// <summary>With both <c>order</c> and <c>orders</c> the list wins: the client that fills both knows lists, and a list's answer holds the one as well.</summary>
    public ValueTask<Refusal?> RunAsync(Caller caller, RequestParameters parameters, ResponseJson json, HttpContext http) =>
        parameters[Parameter.Orders] is { } list ? ManyAsync(caller, list, Parameter.Orders, json, http.RequestAborted)
        : parameters[Parameter.Order] is { } one ? OneAsync(caller, RequestedId.Of(one), json)
        : new(Errors.Missing(Parameter.Order, Parameter.Orders));

    /// <summary>The same asked for by a name that means a list: <c>order</c> is one too, then.</summary>
    public ValueTask<Refusal?> RunManyAsync(Caller caller, RequestParameters parameters, ResponseJson json, HttpContext http) =>
        parameters[Parameter.Orders] is { } list ? ManyAsync(caller, list, Parameter.Orders, json, http.RequestAborted)
        : parameters[Parameter.Order] is { } other ? ManyAsync(caller, other, Parameter.Order, json, http.RequestAborted)
        : new(Errors.Missing(Parameter.Orders));

    // No token, as with the balance: one row, and of a drip-feed its runs.
    private async ValueTask<Refusal?> OneAsync(Caller caller, RequestedId id, ResponseJson json)
    {
        if (!id.IsId || await orders.OneAsync(caller.AccountId, id.Number, CancellationToken.None) is not { } order)
        {
            return Refusal.IncorrectOrder;
        }

        OrderJson.Write(json, order, settings.Current.Currency);
        return null;
    }

    private async ValueTask<Refusal?> ManyAsync(Caller caller, string list, Parameter parameter, ResponseJson json, CancellationToken ct)
    {
        if (RequestIds.Read(list, parameter, out var ids) is { } wrong)
        {
            return wrong;
        }

        var numbers = ids.Numbers();
        var found = numbers.Count == 0 ? new Dictionary<long, OrderView>() : await orders.ManyAsync(caller.AccountId, numbers, ct);
        Write(json, ids, found, settings.Current.Currency);
        return null;
    }

    internal static void Write(ResponseJson json, IReadOnlyList<RequestedId> ids, IReadOnlyDictionary<long, OrderView> found, string currency)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            json.Raw(i == 0 ? "{"u8 : ","u8);
            json.Text(ids[i].Text);
            json.Raw(":"u8);
            if (found.TryGetValue(ids[i].Number, out var order))
            {
                OrderJson.Write(json, order, currency);
            }
            else
            {
                Errors.Write(json, Refusal.IncorrectOrder);
            }
        }

        json.Raw("}"u8);
    }
}
