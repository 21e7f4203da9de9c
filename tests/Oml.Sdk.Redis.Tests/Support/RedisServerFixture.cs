namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>One redis-server for the tests of a class, started by the first that asks, so that each is skipped with the reason where there is none.</summary>
public sealed class RedisServerFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private RedisServer? _server;

    public async Task<string> ServerAsync()
    {
        await _starting.WaitAsync();
        try
        {
            _server ??= await RedisServer.StartAsync();
            return _server.ConnectionString;
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
