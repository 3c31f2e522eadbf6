using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Tally.ApiV2;

/// <summary>
/// Reads <c>multipart/form-data</c>, which PHP's curl sends for an array. A part's bytes stand for themselves; a file's content is its value. The body is
/// in memory already, so nothing here waits. No input makes it throw.
/// </summary>
internal static class RequestMultipart
{
    // RFC 2046, section 5.1.1.
    private const int LongestBoundary = 70;

    private static readonly Refusal NoBoundary = Refusal.IncorrectRequest("The Content-Type multipart/form-data needs a boundary of 1 to 70 characters.");
    private static readonly Refusal Malformed = Refusal.IncorrectRequest("The body is not valid multipart/form-data.");

    /// <returns>What is wrong with the body as a whole; null when it could be read.</returns>
    public static async ValueTask<Refusal?> ReadAsync(Stream body, string? contentType, RequestParameters into)
    {
        var boundary = MediaTypeHeaderValue.TryParse(contentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString() : "";
        if (boundary.Length is 0 or > LongestBoundary)
        {
            return NoBoundary;
        }

        var reader = new MultipartReader(boundary, body) { HeadersCountLimit = 16, HeadersLengthLimit = 8_192, BodyLengthLimit = RequestBody.MaxBytes };
        try
        {
            while (await reader.ReadNextSectionAsync() is { } section)
            {
                if (!into.TryCount())
                {
                    return RequestParameters.TooMany;
                }

                await ReadSectionAsync(section, into);
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            // Its words for headers that are too long or too many, a missing last boundary, and anything else that does not parse.
            return Malformed;
        }

        return null;
    }

    private static async ValueTask ReadSectionAsync(MultipartSection section, RequestParameters into)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
            || !ParameterNames.TryFind(HeaderUtilities.RemoveQuotes(disposition.Name).AsSpan(), out var parameter)
            || !into.Wants(parameter))
        {
            return;
        }

        using var bytes = new MemoryStream();
        await section.Body.CopyToAsync(bytes);
        var flaw = RequestText.ReadUtf8(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), out var value);
        into.Set(parameter, flaw, value);
    }
}
