using Tally.Accounts;
using Tally.Orders;

namespace Tally.ApiV2;

/// <summary><c>refill_status</c>: of one refill, or of up to 100 in an array; with both <c>refill</c> and <c>refills</c>, the list wins.</summary>
internal sealed class RefillStatusAction(ReadRefills refills)
{
    public ValueTask<Refusal?> RunAsync(Caller caller, RequestParameters parameters, ResponseJson json, CancellationToken ct) =>
        parameters[Parameter.Refills] is { } list ? ManyAsync(caller, list, json, ct)
        : parameters[Parameter.Refill] is { } one ? OneAsync(caller, RequestedId.Of(one), json, ct)
        : new(Errors.Missing(Parameter.Refill, Parameter.Refills));

    private async ValueTask<Refusal?> OneAsync(Caller caller, RequestedId id, ResponseJson json, CancellationToken ct)
    {
        if (!id.IsId || !(await refills.ManyAsync(caller.AccountId, [id.Number], ct)).TryGetValue(id.Number, out var status))
        {
            return Refusal.RefillNotFound;
        }

        json.Raw("{\"status\":"u8);
        json.Text(status.Word());
        json.Raw("}"u8);
        return null;
    }

    private async ValueTask<Refusal?> ManyAsync(Caller caller, string list, ResponseJson json, CancellationToken ct)
    {
        if (RequestIds.Read(list, Parameter.Refills, out var ids) is { } wrong)
        {
            return wrong;
        }

        var numbers = ids.Numbers();
        var found = numbers.Count == 0 ? new Dictionary<long, RefillStatus>() : await refills.ManyAsync(caller.AccountId, numbers, ct);
        Write(json, ids, found);
        return null;
    }

    internal static void Write(ResponseJson json, IReadOnlyList<RequestedId> ids, IReadOnlyDictionary<long, RefillStatus> found)
    {
        var first = true;
        foreach (var id in ids.OncePerNumber())
        {
            json.Raw(first ? "[{\"refill\":"u8 : ",{\"refill\":"u8);
            first = false;
            id.Write(json);
            json.Raw(",\"status\":"u8);
            if (found.TryGetValue(id.Number, out var status))
            {
                json.Text(status.Word());
            }
            else
            {
                Errors.Write(json, Refusal.RefillNotFound);
            }

            json.Raw("}"u8);
        }

        json.Raw("]"u8);
    }
}
