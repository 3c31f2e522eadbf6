using System.Net;
using System.Net.Sockets;

namespace Tally.Testing;

public static class LoopbackPort
{
    /// <summary>
    /// A TCP port on 127.0.0.1 that nobody listened on a moment ago. Only for programs that cannot be told to take port 0 and
    /// say which one they got: another process may take it first.
    /// </summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
