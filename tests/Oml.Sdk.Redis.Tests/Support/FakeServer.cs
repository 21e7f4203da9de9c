using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Something that listens and is no Redis server: answers whatever it is told with one and the same text, or never.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[]? _answer;

    public FakeServer(string? answer)
    {
        _answer = answer is null ? null : Encoding.Latin1.GetBytes(answer);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string ConnectionString => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            byte[] buffer = new byte[1 << 12];
            while (await client.GetStream().ReadAsync(buffer, _stop.Token) > 0)
            {
                if (_answer is not null)
                {
                    await client.GetStream().WriteAsync(_answer, _stop.Token);
                }
            }
        }
    }
}
