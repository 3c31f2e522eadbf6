using Tally.Accounts;
using Tally.Orders;

namespace Tally.ApiV2;

/// <summary><c>cancel</c>: takes requests to cancel. The answer is an array also for <c>order</c> alone; with both, the list wins.</summary>
internal sealed class CancelAction(CancelOrder cancel, ILogger<CancelAction> log)
{
    public async ValueTask<Refusal?> RunAsync(Caller caller, RequestParameters parameters, ResponseJson json)
    {
        var (parameter, list) = parameters[Parameter.Orders] is { } orders ? (Parameter.Orders, orders) : (Parameter.Order, parameters[Parameter.Order]);
        if (list is null)
        {
            return Errors.Missing(Parameter.Orders);
        }

        if (RequestIds.Read(list, parameter, out var ids) is { } wrong)
        {
            return wrong;
        }

        var run = new ListRun(log);
        foreach (var id in ids.OncePerNumber())
        {
            json.Raw(run.IsFirst ? "[{\"order\":"u8 : ",{\"order\":"u8);
            id.Write(json);
            json.Raw(",\"cancel\":"u8);
            if (await run.NextAsync(() => RunOneAsync(caller, id)) is { } refusal)
            {
                Errors.Write(json, refusal);
            }
            else
            {
                json.Raw("1"u8);
            }

            json.Raw("}"u8);
        }

        json.Raw("]"u8);
        return null;
    }

    private async Task<Refusal?> RunOneAsync(Caller caller, RequestedId id) =>
        id.IsId ? await cancel.RunAsync(caller.AccountId, id.Number, CancellationToken.None) : Refusal.IncorrectOrder;
}
