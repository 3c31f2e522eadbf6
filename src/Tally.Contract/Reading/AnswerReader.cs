using System.Text.Json;

namespace Tally.Contract.Reading;

/// <summary>Reads the value out of an answer that is JSON, came with a good status, and is no error.</summary>
internal delegate ApiResult<T> ReadValue<T>(JsonElement element, Answer answer);

/// <summary>From the bytes of a body to a verdict: what any action's answer has in common. Throws for no body at all.</summary>
internal static class AnswerReader
{
    /// <summary>What web frameworks put into <c>error</c> when they break down by themselves. The order may have been stored before.</summary>
    private static readonly string[] s_breakdowns = ["Internal Server Error", "Server Error", "Bad Gateway", "Gateway Timeout"];

    public static ApiResult<T> Read<T>(Answer answer, Memory<byte> body, int maxDepth, ReadValue<T> read)
    {
        if (answer.IsRedirect)
        {
            return answer.Unclear<T>(UnclearReason.Redirected, "The panel redirects to another address; a redirected POST loses its parameters.");
        }

        var text = BodyText.Mend(body);
        using var document = Parse(text, maxDepth);
        if (document is not null && ErrorReader.Find(document.RootElement, answer) is { } error && !IsBreakdown(answer, error))
        {
            return answer.Refused<T>(error);
        }

        if (answer.HttpStatus == 429 && document?.RootElement.Find("order", "order_id", "orderId") is null)
        {
            // Flood control stands before the panel and has let nothing through, whatever page it shows: definitely not taken, and for later.
            return answer.Refused<T>(new ApiError($"HTTP status 429, too many requests. {answer.Quote(text.Span)}", ApiErrorCodes.RateLimited));
        }

        if (!answer.IsSuccess)
        {
            return answer.Unclear<T>(UnclearReason.HttpStatus, $"HTTP status {answer.HttpStatus}. {answer.Quote(text.Span)}");
        }

        if (document is not null)
        {
            return read(document.RootElement, answer);
        }

        return text.IsEmpty ? answer.Unclear<T>(UnclearReason.EmptyBody, "The answer is empty.")
            : text.Span[0] == '<' ? answer.Unclear<T>(UnclearReason.HtmlPage, "A page instead of JSON. " + answer.Quote(text.Span))
            : answer.Unclear<T>(UnclearReason.Malformed, "Not JSON, or not all of it. " + answer.Quote(text.Span));
    }

    private static JsonDocument? Parse(Memory<byte> text, int maxDepth)
    {
        if (text.IsEmpty || text.Span[0] == '<')
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = maxDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException)
        {
            // Said by null: half the panels of the world answer something else than JSON now and then.
            return null;
        }
    }

    private static bool IsBreakdown(Answer answer, ApiError error) =>
        answer.HttpStatus >= 500 && error.Code is null && s_breakdowns.Contains(error.Text.Trim(), StringComparer.OrdinalIgnoreCase);
}
