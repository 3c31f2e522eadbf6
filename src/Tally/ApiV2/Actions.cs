using Tally.Accounts;

namespace Tally.ApiV2;

/// <summary>What API v2 can do for a caller who has passed the gate; the page on which one tries it does the same.</summary>
internal sealed class Actions(
    ServicesAnswer services, AddAction add, StatusAction status, CancelAction cancel, RefillAction refill, RefillStatusAction refillStatus, BalanceAction balance)
{
    private static readonly Refusal UnknownAction = Refusal.IncorrectRequest(
        "action: expected services, add, status, cancel, refill, refill_status or balance");
    private static readonly Refusal HeadChangesNothing = Refusal.IncorrectRequest("HEAD changes nothing: send add, cancel and refill with POST.");
    private static readonly Refusal MayOnlyRead = Refusal.IncorrectRequest("This API key may only read. Use a key that may order for add, cancel and refill.");

    /// <summary>Runs the one that the parameters ask for.</summary>
    /// <returns>Why it was not carried out; null when the answer is written.</returns>
    public ValueTask<Refusal?> RunAsync(HttpContext http, Caller caller, RequestParameters parameters, Response response)
    {
        if (parameters.Fault is { } fault)
        {
            return new(fault);
        }

        if (!ActionNames.TryRead(parameters, out var action))
        {
            return new(UnknownAction);
        }

        // Whoever sends HEAD wants to know and not to do, and would never learn the order's id.
        if (action.Changes() && HttpMethods.IsHead(http.Request.Method))
        {
            return new(HeadChangesNothing);
        }

        if (action.Changes() && caller.Scope == KeyScope.Read)
        {
            return new(MayOnlyRead);
        }

        var json = response.Json;
        switch (action)
        {
            case ApiAction.Services:
                services.Answer(http.Request, caller.AccountId, response);
                return default;
            case ApiAction.Add:
                return add.RunAsync(http.Request, caller, parameters, json);
            case ApiAction.Status:
                return status.RunAsync(caller, parameters, json, http);
            case ApiAction.MultiStatus:
                return status.RunManyAsync(caller, parameters, json, http);
            case ApiAction.Cancel:
                return cancel.RunAsync(caller, parameters, json);
            case ApiAction.Refill:
                return refill.RunAsync(caller, parameters, json);
            case ApiAction.RefillStatus:
                return refillStatus.RunAsync(caller, parameters, json, http.RequestAborted);
            case ApiAction.Balance:
                return balance.RunAsync(caller, json);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
