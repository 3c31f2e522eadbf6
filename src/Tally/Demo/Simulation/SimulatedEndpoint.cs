using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tally.Demo;

/// <summary>The provider's HTTP face: reads a call, lets its fault strike before or after the panel has carried it out, answers.</summary>
internal sealed class SimulatedEndpoint(
    SimulatedProviderOptions options, SimulatedPanel panel, SimulatedCatalogue catalogue, FaultScript faults, ReceivedLog received)
{
    public const string Path = "/api/v2";

    private const string CheckingPage = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private int _lastAnswered;

    /// <summary>Answers one call; <paramref name="stopping"/> ends its waits when the provider is disposed.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        if (!string.Equals(context.Request.Path.Value, Path, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        SimulatedRequest request;
        try
        {
            request = await SimulatedRequest.ReadAsync(context.Request);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            context.Response.Headers.Connection = "close";
            await WriteAsync(context, SimulatedAnswers.Error(Refusal.Incorrect("body")));
            return;
        }

        var allowed = string.Equals(request.Key, options.Key, StringComparison.Ordinal);
        var fault = allowed ? faults.Take(request.Action) : null;
        received.Add(new ReceivedCall(request.Action, request.Parameters, options.Time.GetUtcNow(), fault));
        try
        {
            await (allowed ? AnswerAsync(context, request, fault, stopping) : WriteAsync(context, SimulatedAnswers.Error(Refusal.InvalidKey)));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Gone while somebody waited: the caller sees what a vanished panel looks like, not an orderly error page.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, SimulatedRequest request, Fault? fault, CancellationToken stopping)
    {
        // Not the request's own token: a real panel does not notice that its caller has given up, and takes the order.
        for (; fault is Fault.Delay delay; fault = delay.Then)
            await Task.Delay(delay.Time, options.Time, stopping);
        if (panel.AnswerDelay(request) is var slow && slow > TimeSpan.Zero)
            await Task.Delay(slow, options.Time, stopping);

        if (await StrikesBeforeAsync(context, fault))
            return;
        if (fault is Fault.PriceMoves move)
            catalogue.MovePrices(move.Percent, move.Service);
        var answer = panel.Answer(request);
        if (await StrikesAfterAsync(context, fault, answer))
            return;
        await WriteAsync(context, SpoiltAnswer.Of(Numbered(answer, fault), fault));
    }

    private static async Task<bool> StrikesBeforeAsync(HttpContext context, Fault? fault)
    {
        switch (fault)
        {
            case Fault.ResetBeforeBody:
                context.Abort();
                return true;
            case Fault.Status { AfterTaking: false } status:
                await WriteErrorPageAsync(context, status.Code);
                return true;
            case Fault.Html { AfterTaking: false }:
                await WriteAsync(context, CheckingPage, "text/html; charset=utf-8");
                return true;
            case Fault.Empty { AfterTaking: false }:
                await WriteAsync(context, "", "application/json");
                return true;
            case Fault.NotEnoughFunds:
                await WriteAsync(context, SimulatedAnswers.Error(Refusal.NotEnoughFunds));
                return true;
            case Fault.TooManyRequests flood:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = flood.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                await WriteAsync(context, SimulatedAnswers.Error(Refusal.TooManyRequests));
                return true;
            default:
                return false;
        }
    }

    private static async Task<bool> StrikesAfterAsync(HttpContext context, Fault? fault, JsonNode answer)
    {
        switch (fault)
        {
            case Fault.ResetAfterTaking:
                context.Abort();
                return true;
            case Fault.Status status:
                await WriteErrorPageAsync(context, status.Code);
                return true;
            case Fault.Html:
                await WriteAsync(context, CheckingPage, "text/html; charset=utf-8");
                return true;
            case Fault.Empty:
                await WriteAsync(context, "", "application/json");
                return true;
            case Fault.Malformed:
                var whole = answer.ToJsonString(Readable);
                await WriteAsync(context, whole[..(whole.Length / 2)], "application/json");
                return true;
            default:
                return false;
        }
    }

    private JsonNode Numbered(JsonNode answer, Fault? fault)
    {
        if (answer is not JsonObject { Count: 1 } added || added["order"] is not JsonValue id)
            return answer;
        var before = Interlocked.Exchange(ref _lastAnswered, id.GetValue<int>());
        return fault is Fault.DuplicateId && before > 0 ? SimulatedAnswers.Order(before) : answer;
    }

    private static Task WriteErrorPageAsync(HttpContext context, int code)
    {
        context.Response.StatusCode = code;
        return WriteAsync(context, $"<html><head><title>{code}</title></head><body><h1>{code}</h1></body></html>", "text/html");
    }

    private static Task WriteAsync(HttpContext context, JsonNode? answer) =>
        WriteAsync(context, answer?.ToJsonString(Readable) ?? "null", "application/json");

    private static async Task WriteAsync(HttpContext context, string body, string contentType)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }
}
