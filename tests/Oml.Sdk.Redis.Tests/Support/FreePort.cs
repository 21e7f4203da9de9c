using System.Net;
using System.Net.Sockets;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Ports on loopback that nobody listens on.</summary>
internal static class FreePort
{
    // Below those that the system gives to outgoing connections: a client that tries to reach a server that was killed would at times
    // be given the server's own port, connect to itself, and keep the server from coming back.
    private const int First = 20_000;
    private const int Last = 32_000;

    public static int Find()
    {
        for (int attempt = 0; attempt < 1_000; attempt++)
        {
            int port = Random.Shared.Next(First, Last);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {First} to {Last} is free.");
    }

    /// <summary>Waits until a port that was listened on is free again.</summary>
    public static async Task WaitAsync(int port)
    {
        for (int attempt = 0; attempt < 500 && !IsFree(port); attempt++)
        {
            await Task.Delay(10);
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
