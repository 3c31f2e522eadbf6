using Tally.Accounts;
using Tally.Orders;

namespace Tally.ApiV2;

/// <summary><c>refill</c>: asks for refills. One order is answered by the task's id as a string, a list by integers; with both, the list wins.</summary>
internal sealed class RefillAction(RefillOrder refill, ILogger<RefillAction> log)
{
    public ValueTask<Refusal?> RunAsync(Caller caller, RequestParameters parameters, ResponseJson json) =>
        parameters[Parameter.Orders] is { } list ? ManyAsync(caller, list, json)
        : parameters[Parameter.Order] is { } one ? OneAsync(caller, RequestedId.Of(one), json)
        : new(Errors.Missing(Parameter.Order, Parameter.Orders));

    private async ValueTask<Refusal?> OneAsync(Caller caller, RequestedId id, ResponseJson json)
    {
        var (refusal, task) = await RunOneAsync(caller, id);
        if (refusal is null)
        {
            json.Raw("{\"refill\":"u8);
            json.NumberText(task);
            json.Raw("}"u8);
        }

        return refusal;
    }

    private async ValueTask<Refusal?> ManyAsync(Caller caller, string list, ResponseJson json)
    {
        if (RequestIds.Read(list, Parameter.Orders, out var ids) is { } wrong)
        {
            return wrong;
        }

        var run = new ListRun(log);
        foreach (var id in ids.OncePerNumber())
        {
            json.Raw(run.IsFirst ? "[{\"order\":"u8 : ",{\"order\":"u8);
            id.Write(json);
            json.Raw(",\"refill\":"u8);
            long task = 0;
            var refusal = await run.NextAsync(async () =>
            {
                (var refused, task) = await RunOneAsync(caller, id);
                return refused;
            });
            if (refusal is null)
            {
                json.Number(task);
            }
            else
            {
                Errors.Write(json, refusal);
            }

            json.Raw("}"u8);
        }

        json.Raw("]"u8);
        return null;
    }

    private async Task<(Refusal? Refusal, long Task)> RunOneAsync(Caller caller, RequestedId id) =>
        !id.IsId ? (Refusal.IncorrectOrder, 0) : await refill.RunAsync(caller.AccountId, id.Number, CancellationToken.None) switch
        {
            RefillOutcome.Accepted accepted => (null, accepted.Refill),
            RefillOutcome.Refused refused => (refused.Refusal, 0),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
