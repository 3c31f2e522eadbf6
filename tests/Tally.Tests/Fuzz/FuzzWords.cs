using CsCheck;

namespace Tally.Tests.Fuzz;

/// <summary>What fuzzed requests are put together from: names that the API knows and some that it does not, and values at the edges of what it takes.</summary>
internal static class FuzzWords
{
    public static readonly string[] Actions =
    [
        "add", "add", "add", "add", "add", "status", "status", "orders", "multi_status", "cancel", "cancel", "refill", "refill", "refill_status", "refill_status", "balance", "services",
        "", "ADD", "Status", " add ", "add\0", "nonsense", "add,add", "ädd",
    ];

    public static readonly string[] Names =
    [
        "service", "link", "quantity", "runs", "interval", "comments", "usernames", "username", "hashtags", "hashtag", "keywords", "groups", "media", "answer_number", "country", "device", "type_of_traffic",
        "google_keyword", "referring_url", "min", "max", "posts", "old_posts", "delay", "expiry", "order", "orders", "refill", "refills", "order_reference", "request_id", "action", "key", "api_token", "foo",
        "Key", "service ", "service[]", "orders[0]", "", "__proto__", "balance", "account_id", "charge", "kéy", "\0", "\ufeffkey",
    ];

    public static readonly string[] Values =
    [
        "", " ", "0", "1", "2", "7", "10", "99", "100", "101", "1001", "10000", "10001", "-1", "1e3", "1.5", "+5", "0x10", "007", "١٢", "１２", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999999999999999999", "https://example.com/p/1", "http://[::1]/", "javascript:alert(1)", "https://ex\u0001ample.com", "@ann", "ann\nbob", "\r\n\r", "a,b,,c", "1,2,3,x,1", ",,,", "31/12/2030",
        "29/02/2027", "00/00/0000", "30", "600", "\0", "a\0b", "\ufffd", "\ufffe", "\u202e", "👍", "ệ", "e\u0323\u0302", "null", "true", "{}", "[1]", "[[[[", "\"", "\\", "'; DROP TABLE orders; --", "<b>", "=1+1", "%", "%00", "&", "=", "x",
    ];

    public static readonly string[] ContentTypes =
    [
        "application/x-www-form-urlencoded; charset=utf-8", "application/x-www-form-urlencoded;charset=utf-16", "APPLICATION/X-WWW-FORM-URLENCODED", "application/x-www-form-urlencoded; charset=\"", "application/json; charset=latin1",
        "application/json", "application/problem+json", "text/json", "text/plain", "text/plain; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a b\"",
        "multipart/form-data; boundary=" + LongBoundary, "multipart/mixed; boundary=x", "application/xml", "application/octet-stream", "*/*", ";", "/", "a/b;c=d;e=f", "application/x-www-form-urlencoded, application/json", "",
    ];

    /// <summary>Headers that clients, proxies and people with bad intentions send.</summary>
    public static readonly string[] Headers =
    [
        "Accept-Encoding: br", "Accept-Encoding: gzip;q=1.0, *;q=0", "Accept-Encoding: \u007f", "If-None-Match: *", "If-None-Match: \"x\"", "If-None-Match: W/", "Content-Encoding: gzip", "Content-Encoding: identity", "Content-Encoding: br, gzip",
        "Expect: 100-continue", "Origin: https://evil.example", "Cookie: tally=" + "a; tally_language=xx", "Authorization: Basic YTpi", "Authorization: Bearer", "Authorization: Bearer a b", "X-HTTP-Method-Override: DELETE", "Range: bytes=0-1",
        "X-Forwarded-Proto: https, http", "X-Forwarded-Host: evil.example", "Forwarded: for=127.0.0.1", "Accept: text/html", "Accept-Language: vi;q=x", "Upgrade: h2c", "Upgrade: websocket", "Trailer: X-Y", "TE: trailers", "Via: 1.1 x", "Idempotency-Key: \t",
        "Content-Length: 0", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent: x", "baggage: a=%00",
    ];

    /// <summary>Pieces that are put anywhere into a body.</summary>
    public static readonly string[] Tokens =
    [
        "%", "%2", "%zz", "%00", "%FF%FE", "%u0041", "&", "&&", "=", "+", "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u0000", "\\ud800", "\\u", "null", "1e999", "-", "\0", "\r\n", "--", "\ufeff", "\u0085", ";", "key=", "&action=add", "/*", "//", "NaN",
        "\r\n------tally-boundary\r\n", "Content-Disposition: form-data; name=\"link\"; filename=\"..\\\\..\"", "Content-Transfer-Encoding: base64", "👍",
    ];

    /// <summary>A text of any kind.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf(Values), Gen.OneOf(Values), Gen.String[Gen.Char["abc 123%+&=?#/\"\\'<>{}[],;:\r\n\t\u007f"], 0, 40], Gen.String[0, 30],
        Gen.Int[-5, 12_000].Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)), Gen.Long.Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private const string LongBoundary = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
}
