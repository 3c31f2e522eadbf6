using System.Globalization;
using System.Net.Http.Headers;
using Tally.Contract.Reading;

namespace Tally.Contract.Sending;

/// <summary>One POST to the panel, once: bounded in time and size, no redirect followed, nothing tried again.</summary>
internal sealed class PanelCall(HttpClient http, Uri endpoint, ApiV2ClientOptions options, KeyMask mask)
{
    private const int LongestMessage = 300;
    private const int FirstChunkBytes = 16 * 1024;
    private static readonly MediaTypeWithQualityHeaderValue s_json = new("application/json");
    private static readonly ProductInfoHeaderValue s_agent = new("Tally.Contract", typeof(PanelCall).Assembly.GetName().Version?.ToString(3));

    /// <exception cref="OperationCanceledException">The caller cancelled. The request may have gone out.</exception>
    public async Task<CallOutcome> SendAsync(FormBody body, int maxBytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(options.Timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        using var request = Request(body);
        int? status = null;
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            if (request.Method != HttpMethod.Post)
            {
                return new CallOutcome.Lost(UnclearReason.Redirected, "The HttpClient followed a redirect and asked with GET: the panel never saw the parameters there.", status);
            }

            return await ReadBodyAsync(response, maxBytes, either.Token).ConfigureAwait(false) is { } bytes
                ? new CallOutcome.Received(new Answer(status.Value, RetryAfter(response), mask), bytes)
                : new CallOutcome.Lost(UnclearReason.TooLarge, Invariant($"The answer is larger than {maxBytes} bytes."), status);
        }
        catch (OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            if (!body.Begun && status is null)
            {
                return new CallOutcome.NotSent(Invariant($"No connection was free or came about within the time-out ({options.Timeout.TotalSeconds} s, or the HttpClient's own)."));
            }

            var what = Invariant($"No whole answer within the time-out ({options.Timeout.TotalSeconds} s, or the HttpClient's own).");
            return new CallOutcome.Lost(UnclearReason.TimedOut, what, status);
        }
        catch (HttpRequestException e) when (NeverLeft(e, body))
        {
            return new CallOutcome.NotSent(Words(e));
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded)
        {
            return new CallOutcome.Lost(UnclearReason.Malformed, Words(e), status);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new CallOutcome.Lost(UnclearReason.ConnectionLost, Words(e), status);
        }
        catch (Exception e) when (status is not null && e is InvalidDataException or InvalidOperationException)
        {
            // The way the decompression streams complain about a broken gzip or brotli body.
            return new CallOutcome.Lost(UnclearReason.Malformed, Words(e), status);
        }
    }

    private HttpRequestMessage Request(FormBody body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = body };
        request.Headers.Accept.Add(s_json);
        if (http.DefaultRequestHeaders.UserAgent.Count == 0)
        {
            request.Headers.UserAgent.Add(s_agent);
        }

        return request;
    }

    // The error alone is the handler's word; that nobody has touched the body is proof.
    private static bool NeverLeft(HttpRequestException e, FormBody body) =>
        !body.Begun && e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;

    /// <summary>The body, or null when it is larger than allowed.</summary>
    private static async Task<Memory<byte>?> ReadBodyAsync(HttpResponseMessage response, int maxBytes, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
        {
            return null;
        }

        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[Math.Min(FirstChunkBytes, maxBytes + 1L)];
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), ct).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                if (length > maxBytes)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    // One byte more than allowed, so that a body of exactly the limit is told from a longer one.
                    Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1L));
                }
            }

            return buffer.AsMemory(0, length);
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta is { } delta && delta >= TimeSpan.Zero ? delta : null;

    private string Words(Exception e)
    {
        var inner = e.GetBaseException();
        var words = ReferenceEquals(inner, e) || e.Message.Contains(inner.Message, StringComparison.Ordinal) ? e.Message : e.Message + " " + inner.Message;
        return mask.Mask(words, LongestMessage);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
