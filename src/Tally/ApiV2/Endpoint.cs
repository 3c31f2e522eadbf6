using System.Diagnostics;
using System.Net;
using Tally.Accounts;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.ApiV2;

/// <summary>
/// The one URL of API v2, from the request to the answer. Whatever happens inside, the client gets JSON with status 200 (429 for flood control): an exception is
/// logged, without the key, and answered <c>Service temporarily unavailable</c>.
/// </summary>
internal sealed class Endpoint(TrustedProxies proxies, Gate gate, Actions actions, ILogger<Endpoint> log)
{
    private static readonly Refusal WrongMethod = Refusal.IncorrectRequest("The method must be POST or GET.");

    public async Task ServeAsync(HttpContext http)
    {
        using var response = new Response();
        try
        {
            var address = ClientAddress.Of(http, proxies);
            if (!RefusesUnread(http.Request, address, response))
            {
                var parameters = new RequestParameters();
                var read = await RequestReader.ReadAsync(http.Request, parameters);
                if (read is ReadOutcome.ClientGone)
                {
                    // Said at once: else the server waits for the rest of a body that nobody sends any more, and logs an error over it.
                    http.Abort();
                    return;
                }

                if (Admitted(read, address, parameters, response) is { } caller && await actions.RunAsync(http, caller, parameters, response) is { } refusal)
                {
                    response.Refuse(refusal);
                }
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (DatabaseFailure.IsOfStore(failure))
        {
            log.LogWarning(failure, "API v2: the store does not answer");
            Telemetry.Unavailable(fault: false);
            response.Refuse(Refusal.Unavailable);
        }
        catch (Exception failure)
        {
            log.LogError(failure, "API v2: a request failed");
            Telemetry.Unavailable(fault: true);
            response.Refuse(Refusal.Unavailable);
        }

        await response.SendAsync(http);
    }

    /// <summary>Refuses what need not be read for it: an address that is blocked, a method that is not served.</summary>
    /// <returns>Whether it was refused.</returns>
    private bool RefusesUnread(HttpRequest request, IPAddress address, Response response)
    {
        if (gate.Blocked(address) is { } blocked)
        {
            response.Refuse(blocked.Refusal, blocked.RetryAfter);
            return true;
        }

        if (!IsServed(request.Method))
        {
            response.Refuse(WrongMethod);
            return true;
        }

        return false;
    }

    /// <summary>Lets the caller in, or refuses the request.</summary>
    /// <returns>Null when it was refused.</returns>
    private Caller? Admitted(ReadOutcome read, IPAddress address, RequestParameters parameters, Response response)
    {
        if (read is ReadOutcome.Refused unreadable)
        {
            response.Refuse(unreadable.Refusal, close: unreadable.Close);
            return null;
        }

        switch (gate.Check(address, parameters))
        {
            case GateOutcome.Passed passed:
                return passed.Caller;
            case GateOutcome.Refused refused:
                response.Refuse(refused.Refusal, refused.RetryAfter);
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private static bool IsServed(string method) => HttpMethods.IsPost(method) || HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}
