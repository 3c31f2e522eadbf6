using Tally.Contract.Reading;
using Tally.Contract.Sending;

namespace Tally.Contract;

/// <summary>
/// A client of one account on one panel that speaks SMM Panel API v2. It POSTs each call once, reads the answer leniently, and reports errors as values
/// (<see cref="ApiResult{T}"/>). It never logs, never tries again, and puts the key nowhere but into the request's body. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Hand in an HttpClient with <c>AllowAutoRedirect = false</c>: a redirected POST becomes a GET that has lost its parameters. Pooling, proxies, decompression and limits on where
/// to connect are the HttpClient's affair; it is not disposed here.
/// </remarks>
public sealed class ApiV2Client
{
    /// <summary>The most ids that one call may ask for (api-v2.md section 3). More are refused here, because panels cut a longer list silently.</summary>
    public const int MaxIdsPerCall = 100;

    private readonly string _key;
    private readonly string _address;
    private readonly ApiV2ClientOptions _options;
    private readonly PanelCall _call;

    /// <param name="http">Makes the connections.</param>
    /// <param name="endpoint">The panel's API URL, absolute http or https, such as <c>https://panel.example/api/v2</c>.</param>
    /// <param name="key">The account's API key.</param>
    /// <param name="options">The bounds; the defaults when null.</param>
    /// <exception cref="ArgumentException">The endpoint is no absolute http(s) URL, or the key is blank.</exception>
    public ApiV2Client(HttpClient http, Uri endpoint, string key, ApiV2ClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException("The endpoint must be an absolute http or https URL.", nameof(endpoint));
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        _key = key;
        _address = endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        _options = options ?? new ApiV2ClientOptions();
        _call = new PanelCall(http, endpoint, _options, new KeyMask(key));
    }

    /// <summary>All services of the panel.</summary>
    public Task<ApiResult<ServiceList>> ServicesAsync(CancellationToken ct = default) =>
        AskAsync(new Form(_key, "services"), _options.MaxServicesBytes, ServicesReader.Read, ct);

    /// <summary>
    /// Places an order and answers its id. Not to be repeated after <c>Unclear</c> or a cancellation, unless with an <see cref="AddOrder.OrderReference"/> on a panel that heeds it.
    /// </summary>
    /// <exception cref="ArgumentException">The service is blank, or <see cref="AddOrder.Extra"/> names a parameter twice.</exception>
    public Task<ApiResult<long>> AddAsync(AddOrder order, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentException.ThrowIfNullOrWhiteSpace(order.Service);
        return AskAsync(AddForm.Of(_key, order), _options.MaxAnswerBytes, ActionReaders.Added, ct);
    }

    /// <summary>How an order stands.</summary>
    /// <exception cref="ArgumentException">The id is blank or holds a comma.</exception>
    public Task<ApiResult<OrderState>> StatusAsync(string order, CancellationToken ct = default) => AskOneAsync("status", "order", "order", order, OrderStateReader.Read, ct);

    /// <inheritdoc cref="StatusAsync(string, CancellationToken)"/>
    public Task<ApiResult<OrderState>> StatusAsync(long order, CancellationToken ct = default) => StatusAsync(Text(order), ct);

    /// <summary>How orders stand, by the ids as they are given here. An id that the panel did not answer is not in the dictionary: that proves nothing about the order.</summary>
    /// <exception cref="ArgumentException">No ids or more than <see cref="MaxIdsPerCall"/>, or one is blank or holds a comma.</exception>
    public Task<ApiResult<IReadOnlyDictionary<string, ApiResult<OrderState>>>> StatusesAsync(IReadOnlyCollection<string> orders, CancellationToken ct = default) =>
        AskManyAsync("status", "orders", "order", orders, OrderStateReader.Read, ct);

    /// <summary>
    /// Asks to cancel orders. True: the request is accepted (the order's status will tell what came of it); false: a no without words. Ids not answered are not there.
    /// </summary>
    /// <exception cref="ArgumentException">No ids or more than <see cref="MaxIdsPerCall"/>, or one is blank or holds a comma.</exception>
    public Task<ApiResult<IReadOnlyDictionary<string, ApiResult<bool>>>> CancelAsync(IReadOnlyCollection<string> orders, CancellationToken ct = default) =>
        AskManyAsync("cancel", "orders", "order", orders, ActionReaders.Cancelled, ct);

    /// <summary>Asks for a refill and answers its id.</summary>
    /// <exception cref="ArgumentException">The id is blank or holds a comma.</exception>
    public Task<ApiResult<string>> RefillAsync(string order, CancellationToken ct = default) => AskOneAsync("refill", "order", "order", order, ActionReaders.Refilled, ct);

    /// <inheritdoc cref="RefillAsync(string, CancellationToken)"/>
    public Task<ApiResult<string>> RefillAsync(long order, CancellationToken ct = default) => RefillAsync(Text(order), ct);

    /// <summary>Asks for refills and answers their ids, by order. Ids not answered are not there.</summary>
    /// <exception cref="ArgumentException">No ids or more than <see cref="MaxIdsPerCall"/>, or one is blank or holds a comma.</exception>
    public Task<ApiResult<IReadOnlyDictionary<string, ApiResult<string>>>> RefillsAsync(IReadOnlyCollection<string> orders, CancellationToken ct = default) =>
        AskManyAsync("refill", "orders", "order", orders, ActionReaders.Refilled, ct);

    /// <summary>How a refill stands.</summary>
    /// <exception cref="ArgumentException">The id is blank or holds a comma.</exception>
    public Task<ApiResult<RefillState>> RefillStatusAsync(string refill, CancellationToken ct = default) =>
        AskOneAsync("refill_status", "refill", "refill", refill, ActionReaders.RefillState, ct);

    /// <summary>How refills stand, by refill id. Ids not answered are not there.</summary>
    /// <exception cref="ArgumentException">No ids or more than <see cref="MaxIdsPerCall"/>, or one is blank or holds a comma.</exception>
    public Task<ApiResult<IReadOnlyDictionary<string, ApiResult<RefillState>>>> RefillStatusesAsync(IReadOnlyCollection<string> refills, CancellationToken ct = default) =>
        AskManyAsync("refill_status", "refills", "refill", refills, ActionReaders.RefillState, ct);

    /// <summary>The money on the account.</summary>
    public Task<ApiResult<Balance>> BalanceAsync(CancellationToken ct = default) => AskAsync(new Form(_key, "balance"), _options.MaxAnswerBytes, ActionReaders.Balance, ct);

    /// <summary>The panel's address, without credentials or a query in it.</summary>
    public override string ToString() => _address;

    private static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Task<ApiResult<IReadOnlyDictionary<string, ApiResult<T>>>> AskManyAsync<T>(
        string action, string parameter, string idName, IReadOnlyCollection<string> ids, ReadValue<T> read, CancellationToken ct)
    {
        var asked = new Asked(idName, Checked(ids));
        return AskAsync(
            new Form(_key, action).Write(parameter, string.Join(',', asked.Ids)), _options.MaxAnswerBytes, (root, answer) => ItemsReader.Read(root, answer, asked, read), ct);
    }

    private Task<ApiResult<T>> AskOneAsync<T>(string action, string parameter, string idName, string id, ReadValue<T> read, CancellationToken ct)
    {
        var asked = new Asked(idName, Checked([id]));
        return AskAsync(new Form(_key, action).Write(parameter, id), _options.MaxAnswerBytes, (root, answer) => ItemsReader.ReadOne(root, answer, asked, read), ct);
    }

    private static List<string> Checked(IReadOnlyCollection<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count is 0 or > MaxIdsPerCall || ids.Any(id => string.IsNullOrWhiteSpace(id) || id.Contains(',', StringComparison.Ordinal)))
        {
            throw new ArgumentException($"1 to {MaxIdsPerCall} ids, none of them blank and none with a comma in it.", nameof(ids));
        }

        return [.. ids.Distinct(StringComparer.Ordinal)];
    }

    private async Task<ApiResult<T>> AskAsync<T>(Form form, int maxBytes, ReadValue<T> read, CancellationToken ct)
    {
        using var body = form.WriteStanding(_options.Extra).ToBody();
        return await _call.SendAsync(body, maxBytes, ct).ConfigureAwait(false) switch
        {
            CallOutcome.Received(var answer, var bytes) => AnswerReader.Read(answer, bytes, _options.MaxDepth, read),
            CallOutcome.Lost(var reason, var what, var status) => new ApiResult<T>.Unclear(reason, what, status),
            CallOutcome.NotSent(var what) => new ApiResult<T>.NotSent(what),
            var other => throw new InvalidOperationException($"A call came to {other.GetType().Name}, which is none of the known cases."),
        };
    }
}
