using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>A redis-server of the machine, on a free port of loopback, with its data in a folder of its own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    // The shell ends the server when its input ends, so that a server never outlives the tests, however they end. After a line it does
    // not: the server was killed, and its number may be another process's by now.
    private const string Shell = "redis-server \"$@\" >redis.log 2>&1 & echo $!; read -r _ || kill -9 $!";

    private readonly string _folder = Directory.CreateTempSubdirectory("oml-redis-").FullName;
    private readonly int _port = FreePort.Find();
    private readonly string[] _arguments;
    private Process? _shell;
    private int _server;
    private bool _killed;

    private RedisServer(bool durable, string[] arguments) =>
        _arguments =
        [
            "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder, "--save", "",
            "--appendonly", durable ? "yes" : "no", "--appendfsync", "always", .. arguments,
        ];

    public string ConnectionString => $"127.0.0.1:{_port}";

    /// <summary>Where its data are, unless its arguments name another folder.</summary>
    public string Folder => _folder;

    /// <summary>Starts a server, or skips the test where there is none.</summary>
    /// <param name="durable">Whether every write is on the disk before it is acknowledged.</param>
    /// <param name="arguments">More of redis-server's arguments.</param>
    public static async Task<RedisServer> StartAsync(bool durable = false, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled(), "There is no redis-server on this machine; on Debian, apt-get install redis-server.");
        RedisServer server = new(durable, arguments);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts the server again, over the data that it left.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await FreePort.WaitAsync(_port);
        ProcessStartInfo start = new("/bin/sh", ["-c", Shell, "sh", .. _arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        };
        _shell = Process.Start(start)!;
        _server = int.Parse((await _shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await WaitUntilUpAsync();
    }

    /// <summary>Kill −9.</summary>
    public void Kill()
    {
        using Process server = Process.GetProcessById(_server);
        server.Kill();
        _killed = true;
    }

    /// <summary>Whether anything listens on its port: a server that cannot go on ends by itself.</summary>
    public bool IsUp()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Kills the server, lets a test change what it wrote, and starts it again over that.</summary>
    public async Task RestartOverAsync(Action<DirectoryInfo> change)
    {
        Kill();
        await StopAsync();
        change(new DirectoryInfo(_folder));
        await RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsInstalled() =>
        !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    private async Task StopAsync()
    {
        if (_shell is { } shell)
        {
            if (_killed)
            {
                await shell.StandardInput.WriteLineAsync();
                _killed = false;
            }

            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
            _shell = null;
        }
    }

    private async Task WaitUntilUpAsync()
    {
        byte[] answer = new byte[64];
        for (int attempt = 0; attempt < 500; attempt++)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync("127.0.0.1", _port);
                await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
                int length = await client.GetStream().ReadAsync(answer);
                if (answer.AsSpan(0, length).StartsWith("+PONG"u8) || answer.AsSpan(0, length).StartsWith("-NOAUTH"u8))
                {
                    return;
                }
            }
            catch (SocketException)
            {
            }
            catch (IOException)
            {
            }

            await Task.Delay(10);
        }

        throw new InvalidOperationException($"redis-server did not come up: {await File.ReadAllTextAsync(Path.Combine(_folder, "redis.log"))}");
    }
}
