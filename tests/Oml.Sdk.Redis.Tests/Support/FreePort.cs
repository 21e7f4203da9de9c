using System.Net;
using System.Net.Sockets;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Ports on loopback that nobody listens on.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
