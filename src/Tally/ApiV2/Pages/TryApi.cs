using System.Text;
using Tally.Accounts;

namespace Tally.ApiV2.Pages;

/// <summary>What the API answered to a request from the page.</summary>
/// <param name="Status">What the HTTP status would have been: 200, or 429.</param>
/// <param name="Json">The answer, one value a line; cut when it is very long.</param>
/// <param name="Bytes">The length of the answer as it would have gone over the wire.</param>
/// <param name="Cut">Whether <paramref name="Json"/> is its beginning only.</param>
public sealed record TryAnswer(int Status, string Json, long Bytes, bool Cut, TimeSpan Took);

/// <summary>
/// Runs a request of somebody who is signed in through the very code that API v2 runs, as the account: no key goes through the page, since the panel knows none. The account has one
/// key's limit of its own for this.
/// </summary>
internal sealed class TryApi(Gate gate, Actions actions, ServicesAnswer services, TimeProvider time)
{
    /// <summary>Characters of an answer shown at most.</summary>
    public const int LongestShown = 20_000;

    public async Task<TryAnswer> RunAsync(HttpContext http, long account, TryRequest request)
    {
        var start = time.GetTimestamp();
        using var response = new Response();
        var status = StatusCodes.Status200OK;
        switch (gate.Check(account, KeyScope.Order))
        {
            case GateOutcome.Refused refused:
                status = refused.RetryAfter is null ? status : StatusCodes.Status429TooManyRequests;
                response.Refuse(refused.Refusal, refused.RetryAfter);
                break;
            case GateOutcome.Passed when request.Doc.Action == "services":
                return Answer(status, services.Plain(account), time.GetElapsedTime(start));
            case GateOutcome.Passed { Caller: var caller } when await actions.RunAsync(http, caller, request.Parameters(), response) is { } refusal:
                response.Refuse(refusal);
                break;
        }

        return Answer(status, response.Json.Written, time.GetElapsedTime(start));
    }

    private static TryAnswer Answer(int status, ReadOnlyMemory<byte> body, TimeSpan took)
    {
        var shown = JsonLines.Of(Encoding.UTF8.GetString(body.Span));
        var cut = shown.Length > LongestShown;
        return new TryAnswer(status, cut ? shown[..shown.LastIndexOf('\n', LongestShown)] : shown, body.Length, cut, took);
    }
}
