using System.Globalization;
using Garnet;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>A server that speaks Redis, in this process: one for all tests, gone with the process.</summary>
/// <remarks>Without the transaction mode, Garnet runs scripts of several connections at the same time, between each other's steps.</remarks>
internal static class Garnet
{
    private static readonly Lazy<string> Server = new(Start);

    public static string ConnectionString => Server.Value;

    private static string Start()
    {
        int port = FreePort.Find();
        GarnetServer server = new(
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--lua", "true", "--lua-transaction-mode", "true",
            "--memory", "64m", "--page", "1m", "--index", "4m",
        ]);
        server.Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose(deleteDir: false);
        return $"127.0.0.1:{port}";
    }
}
