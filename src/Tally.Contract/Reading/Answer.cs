using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tally.Contract.Sending;

namespace Tally.Contract.Reading;

/// <summary>The frame of an answer that is being read: what every verdict on it, whole or item, has to say besides.</summary>
internal sealed class Answer(int httpStatus, TimeSpan? retryAfter, KeyMask mask)
{
    /// <summary>A panel's words are kept to this many characters.</summary>
    private const int LongestText = 1_000;

    private const int LongestQuote = 200;
    private const int LongestQuoteSource = 8 * 1024;

    public int HttpStatus => httpStatus;

    public bool IsSuccess => httpStatus is >= 200 and <= 299;

    public bool IsRedirect => httpStatus is >= 300 and <= 399;

    public ApiResult<T> Refused<T>(ApiError error) => new ApiResult<T>.Refused(error) { HttpStatus = httpStatus, RetryAfter = retryAfter };

    public ApiResult<T> Unclear<T>(UnclearReason reason, string what) => new ApiResult<T>.Unclear(reason, what, httpStatus);

    public string Text(string words) => mask.Mask(words, LongestText);

    /// <summary>The beginning of something that could not be used, in apostrophes and on one line, for a message.</summary>
    public string Quote(ReadOnlySpan<byte> text)
    {
        // Cut coarsely before masking and finely after, so that a key across the first cut lies far behind the second.
        var head = Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestQuoteSource)]);
        return "'" + mask.Mask(string.Concat(head.Select(c => char.IsControl(c) ? ' ' : c)), LongestQuote) + "'";
    }

    /// <inheritdoc cref="Quote(ReadOnlySpan{byte})"/>
    public string Quote(JsonElement element) => Quote(JsonMarshal.GetRawUtf8Value(element));
}
