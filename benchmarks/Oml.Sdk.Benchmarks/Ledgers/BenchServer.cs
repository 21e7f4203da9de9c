using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;

namespace Oml.Sdk.Benchmarks.Ledgers;

/// <summary>A redis-server of the machine that writes before it answers; Garnet in this process, which does not, where there is none.</summary>
internal sealed class BenchServer : IDisposable
{
    // The shell ends the server when its input ends, however this process does.
    private const string Shell = "redis-server \"$@\" >/dev/null 2>&1 & echo $!; read -r _; kill $!";

    private readonly string _folder = Directory.CreateTempSubdirectory("oml-bench-").FullName;
    private readonly Process? _shell;
    private readonly GarnetServer? _garnet;

    public BenchServer()
    {
        int port = FreePort();
        ConnectionString = $"127.0.0.1:{port}";
        string[] arguments = ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1"];
        IsDurable = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-server")));
        if (!IsDurable)
        {
            _garnet = new GarnetServer([.. arguments, "--lua", "true", "--lua-transaction-mode", "true"]);
            _garnet.Start();
            return;
        }

        _shell = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", Shell, "sh", .. arguments, "--dir", _folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _shell.StandardOutput.ReadLine();
        for (int attempt = 0; attempt < 500 && !Answers(port); attempt++)
        {
            Thread.Sleep(10);
        }
    }

    public string ConnectionString { get; }

    /// <summary>Whether every write is on the disk before it is acknowledged.</summary>
    public bool IsDurable { get; }

    public void Dispose()
    {
        _garnet?.Dispose();
        if (_shell is not null)
        {
            _shell.StandardInput.Close();
            _shell.WaitForExit();
            _shell.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static bool Answers(int port)
    {
        try
        {
            using TcpClient client = new("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
