namespace Tally.Contract;

/// <summary>
/// What a call to a panel came to. Errors are values: the cases below are all there are, and a call throws only for a wrong argument or a cancellation by its caller.
/// </summary>
/// <remarks>
/// For <c>add</c> the difference is money: after <see cref="Refused"/> and <see cref="NotSent"/> there is certainly no order, after <see cref="Unclear"/> there may be one,
/// so only an order with an <c>order_reference</c> may be sent again then.
/// </remarks>
public abstract record ApiResult<T>
{
    private ApiResult()
    {
    }

    /// <summary>The panel did what was asked and said so in a form that could be read.</summary>
    public sealed record Answered(T Value) : ApiResult<T>;

    /// <summary>The panel said no: a JSON object with <c>error</c>, in whatever HTTP status, at the top or in the place of one item.</summary>
    public sealed record Refused(ApiError Error) : ApiResult<T>
    {
        /// <summary>The HTTP status of the answer that carried the error; 200 on most panels.</summary>
        public int HttpStatus { get; init; } = 200;

        /// <summary>How long to wait, from a <c>Retry-After</c> header in seconds; null without one.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>Whether this is flood control: HTTP 429, the code <c>rate_limited</c>, or words that say so. The same call may succeed later.</summary>
        public bool IsRateLimited => HttpStatus == 429 || Error.LikelyCode == ApiErrorCodes.RateLimited;
    }

    /// <summary>Nobody can tell whether the panel did what was asked.</summary>
    /// <param name="Reason">What kind of unclear.</param>
    /// <param name="What">Words for an operator, at most some 400 characters, never with the key in them.</param>
    /// <param name="HttpStatus">The status, when at least the head of an answer came.</param>
    public sealed record Unclear(UnclearReason Reason, string What, int? HttpStatus) : ApiResult<T>;

    /// <summary>The request certainly never left: no address for the name, no connection, or no TLS. Nothing has happened on the panel.</summary>
    /// <param name="What">Words for an operator, never with the key in them.</param>
    public sealed record NotSent(string What) : ApiResult<T>;
}

/// <summary>Why an answer proves nothing.</summary>
public enum UnclearReason
{
    /// <summary>The client's own time was over, before or amid the answer.</summary>
    TimedOut = 1,

    /// <summary>The connection ended before the whole answer was here.</summary>
    ConnectionLost,

    /// <summary>A status outside 2xx with no <c>error</c> in the body, or a web framework's own error page.</summary>
    HttpStatus,

    /// <summary>A 3xx, or a redirect that the HttpClient followed with a GET: the panel's address is wrong.</summary>
    Redirected,

    /// <summary>No body, or only white space.</summary>
    EmptyBody,

    /// <summary>A page for people: a challenge, a maintenance page, an error of the web server.</summary>
    HtmlPage,

    /// <summary>Not JSON, not all of it, or nested too deep.</summary>
    Malformed,

    /// <summary>More bytes than the options allow.</summary>
    TooLarge,

    /// <summary>JSON without an error, but the new order's or refill's id is not in it or cannot be one.</summary>
    MissingId,

    /// <summary>JSON whose fields cannot be read as what they should be: an amount that is no number, no status at all.</summary>
    Unreadable,

    /// <summary>The answer says nothing about the one id asked for.</summary>
    NotAnswered,
}
