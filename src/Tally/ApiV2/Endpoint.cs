using System.Data.Common;
using Tally.Accounts;
using Tally.Platform.Db;

namespace Tally.ApiV2;

/// <summary>
/// The one URL of API v2, from the request to the answer. Whatever happens inside, the client gets JSON with status 200 (429 for flood control): an exception is
/// logged, without the key, and answered <c>Service temporarily unavailable</c>.
/// </summary>
internal sealed class Endpoint(
    TrustedProxies proxies, Gate gate, ServicesAnswer services, AddAction add, StatusAction status, CancelAction cancel, RefillAction refill,
    RefillStatusAction refillStatus, BalanceAction balance, ILogger<Endpoint> log)
{
    private static readonly Refusal WrongMethod = Refusal.IncorrectRequest("The method must be POST or GET.");
    private static readonly Refusal UnknownAction = Refusal.IncorrectRequest(
        "action: expected services, add, status, cancel, refill, refill_status or balance");
    private static readonly Refusal MayOnlyRead = Refusal.IncorrectRequest("This API key may only read. Use a key that may order for add, cancel and refill.");

    public async Task ServeAsync(HttpContext http)
    {
        using var response = new Response();
        try
        {
            if (!await AnswerAsync(http, response))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or DbException or TimeoutException)
        {
            log.LogWarning(failure, "API v2: the store does not answer");
            response.Refuse(Refusal.Unavailable);
        }
        catch (Exception failure)
        {
            log.LogError(failure, "API v2: a request failed");
            response.Refuse(Refusal.Unavailable);
        }

        await response.SendAsync(http);
    }

    /// <returns>False when there is nobody left to answer.</returns>
    private async ValueTask<bool> AnswerAsync(HttpContext http, Response response)
    {
        var address = ClientAddress.Of(http, proxies);
        if (gate.Blocked(address) is { } blocked)
        {
            response.Refuse(blocked.Refusal, blocked.RetryAfter);
            return true;
        }

        if (!IsServed(http.Request.Method))
        {
            response.Refuse(WrongMethod);
            return true;
        }

        var parameters = new RequestParameters();
        switch (await RequestReader.ReadAsync(http.Request, parameters, http.RequestAborted))
        {
            case ReadOutcome.ClientGone:
                return false;
            case ReadOutcome.Refused unreadable:
                response.Refuse(unreadable.Refusal, close: unreadable.Close);
                return true;
        }

        switch (gate.Check(address, parameters))
        {
            case GateOutcome.Refused refused:
                response.Refuse(refused.Refusal, refused.RetryAfter);
                break;
            case GateOutcome.Passed { Caller: var caller } when await RunAsync(http, caller, parameters, response) is { } refusal:
                response.Refuse(refusal);
                break;
        }

        return true;
    }

    private ValueTask<Refusal?> RunAsync(HttpContext http, Caller caller, RequestParameters parameters, Response response)
    {
        if (parameters.Fault is { } fault)
        {
            return new(fault);
        }

        if (!ActionNames.TryRead(parameters, out var action))
        {
            return new(UnknownAction);
        }

        if (action.Changes() && caller.Scope == KeyScope.Read)
        {
            return new(MayOnlyRead);
        }

        var (json, ct) = (response.Json, http.RequestAborted);
        switch (action)
        {
            case ApiAction.Services:
                services.Answer(http.Request, caller.AccountId, response);
                return default;
            case ApiAction.Add:
                return add.RunAsync(http.Request, caller, parameters, json);
            case ApiAction.Status:
                return status.RunAsync(caller, parameters, json, ct);
            case ApiAction.MultiStatus:
                return status.RunManyAsync(caller, parameters, json, ct);
            case ApiAction.Cancel:
                return cancel.RunAsync(caller, parameters, json);
            case ApiAction.Refill:
                return refill.RunAsync(caller, parameters, json);
            case ApiAction.RefillStatus:
                return refillStatus.RunAsync(caller, parameters, json, ct);
            case ApiAction.Balance:
                return balance.RunAsync(caller, json, ct);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool IsServed(string method) => HttpMethods.IsPost(method) || HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}
