using System.Net;
using System.Net.Sockets;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Stands between a ledger and its server; on demand, lets a request through and hangs up before the answer.</summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _server;
    private int _answersToLose;
    private int _lost;

    public LossyProxy(string server)
    {
        _server = IPEndPoint.Parse(server);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string ConnectionString => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How long every answer is held back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many answers were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>From now on, this many answers are swallowed, each with its connection.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _answersToLose, count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient server = new();
        using (client)
        {
            await server.ConnectAsync(_server, _stop.Token);
            await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), answers: false),
                PumpAsync(server.GetStream(), client.GetStream(), answers: true));
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool answers)
    {
        byte[] buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, _stop.Token) is int length and > 0)
        {
            // Only what looks like a script's answer: the client's own pings come and go as they like.
            if (answers && buffer[0] == '*' && Volatile.Read(ref _answersToLose) > 0)
            {
                Interlocked.Decrement(ref _answersToLose);
                Interlocked.Increment(ref _lost);
                return;
            }

            if (answers && Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, _stop.Token);
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}
