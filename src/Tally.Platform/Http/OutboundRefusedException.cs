using System.Net;

namespace Tally.Platform.Http;

/// <summary>
/// A call that the guard did not let out: nothing was sent. Callers meet it as the inner exception of an <see cref="HttpRequestException"/> with
/// <see cref="HttpRequestError.ConnectionError"/>, so that code which only knows HttpClient already treats it as "not sent".
/// </summary>
public sealed class OutboundRefusedException : Exception
{
    internal OutboundRefusedException(string message) : base(message)
    {
    }

    internal static OutboundRefusedException NotPublic(string host, IPAddress address) => new(
        string.Equals(host, address.ToString(), StringComparison.Ordinal)
            ? $"{address} is not a public address"
            : $"{host} resolves to {address}, which is not a public address");

    internal HttpRequestException AsRequestException() => new(HttpRequestError.ConnectionError, Message, this);
}
