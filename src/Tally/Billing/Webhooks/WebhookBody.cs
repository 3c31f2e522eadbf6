using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Tally.Billing.Webhooks;

/// <summary>Reads what a gateway posts, counting as it comes.</summary>
internal static class WebhookBody
{
    /// <summary>More than any of them sends; Stripe's largest events have some ten thousand bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <returns>Null when it is longer than <see cref="MaxBytes"/>.</returns>
    /// <exception cref="BadHttpRequestException">It came too slowly, or its chunks make no sense.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        // The server's own limit would answer with its own words; this one is counted below.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        if (request.ContentLength > MaxBytes)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        int read;
        while ((read = await request.Body.ReadAsync(buffer.GetMemory(4_096), ct)) > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > MaxBytes)
            {
                return null;
            }
        }

        return buffer.WrittenMemory;
    }
}
