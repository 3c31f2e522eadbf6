using System.Net;
using System.Net.Sockets;

namespace Tally.Platform.Http;

/// <summary>
/// Makes one connection for the guard: looks the host up once, judges every address, and connects to exactly an address it judged. There is no second
/// look-up that could answer differently (DNS rebinding). The host's name stays in use for TLS and the Host header.
/// </summary>
internal sealed class OutboundConnection(OutboundOptions options)
{
    /// <summary>A host may publish any number of addresses; no more than these are tried.</summary>
    private const int MostAddresses = 8;

    /// <exception cref="OutboundRefusedException">No address of the host may be reached.</exception>
    /// <exception cref="OperationCanceledException">The handler's connect time-out is over; <see cref="OutboundGate"/> makes it an error of
    /// connection.</exception>
    /// <exception cref="SocketException">The name is unknown, or no allowed address answered.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancel)
    {
        try
        {
            var allowed = Allowed(target.Host, await AddressesOfAsync(target.Host, cancel));
            return await ConnectToFirstAsync(allowed, target.Port, cancel);
        }
        catch (OperationCanceledException e) when (cancel.IsCancellationRequested && e.CancellationToken != cancel)
        {
            // The handler knows its own connect time-out by its own token only.
            throw new OperationCanceledException(e.Message, e, cancel);
        }
    }

    internal static async ValueTask<Stream> OpenAsync(IPEndPoint endpoint, CancellationToken cancel)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesOfAsync(string host, CancellationToken cancel)
    {
        // IPAddress reads every notation the C library would (127.1, 0x7f.1, 017700000001, one decimal number), so none of them slips through as a "name".
        if (IPAddress.TryParse(host.EndsWith('.') ? host[..^1] : host, out var literal)) return [literal];
        // The system's look-up does not heed cancellation once it runs; waiting for it does.
        return await options.Resolve(host, cancel).WaitAsync(cancel);
    }

    private IPAddress[] Allowed(string host, IPAddress[] addresses)
    {
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        var plain = addresses.Select(static address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        var allowed = plain.Where(address => options.AllowPrivate || PublicAddress.IsPublicUnicast(address)).Take(MostAddresses).ToArray();
        return allowed.Length > 0 ? allowed : throw OutboundRefusedException.NotPublic(host, addresses[0]);
    }

    /// <summary>One address after the other; each gets an equal share of the time, so that a silent one does not starve the rest.</summary>
    private async Task<Stream> ConnectToFirstAsync(IPAddress[] addresses, int port, CancellationToken cancel)
    {
        var share = options.ConnectTimeout / addresses.Length;
        for (var i = 0; ; i++)
        {
            var last = i == addresses.Length - 1;
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (!last) turn.CancelAfter(share);
            try
            {
                return await options.Connect(new IPEndPoint(addresses[i], port), turn.Token);
            }
            catch (Exception e) when (!last && !cancel.IsCancellationRequested && e is SocketException or OperationCanceledException)
            {
                // The next address may answer; the last one's failure is the call's.
            }
        }
    }
}
