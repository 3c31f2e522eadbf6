namespace Tally.Ui;

/// <summary>What every page tells the browser: nothing but our own files, no inline script or style, no frame, no guessing of types.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // data: is for the small pictures within the style sheet. A form may lead to Stripe's checkout, whose redirect counts as its action.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
        "form-action 'self' https://checkout.stripe.com; frame-ancestors 'none'; base-uri 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(http);
    }
}

/// <summary>Behind a trusted proxy that ends TLS, the scheme is the one that the visitor used: cookies and links depend on it.</summary>
internal sealed class ForwardedScheme(RequestDelegate next, TrustedProxies proxies)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } address && proxies.Trusts(AddressText.Unmap(address)) && http.Request.Headers["X-Forwarded-Proto"] is [.., "https" or "http"] scheme)
        {
            http.Request.Scheme = scheme[^1]!;
        }

        return next(http);
    }
}
