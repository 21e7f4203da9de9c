using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Oml.Sdk.Redis;

/// <summary>Opens the ledger of one registered model once, whoever asks first; and anew when that failed, or when it was closed. Thread-safe.</summary>
/// <remarks>
/// The model closes it, after the sessions that give units back. A container would close it first: it disposes what was made last, and
/// this is made while the model is built. A model that could not be built closes it, too, and the next attempt needs another.
/// </remarks>
internal sealed class RedisLedgerHost(IServiceProvider services, string name)
{
    private readonly Lock _lock = new();
    private Task<RedisUsageLedger>? _started;

    /// <summary>The name of the model, as people read it.</summary>
    public string Name { get; } = name.Length == 0 ? "model" : name;

    /// <summary>The ledger as it was asked for last, failed or closed as it may be; opening it is not started.</summary>
    public Task<RedisUsageLedger>? Started => Volatile.Read(ref _started);

    /// <summary>The ledger; callers that meet share one attempt to open it.</summary>
    public Task<RedisUsageLedger> GetAsync()
    {
        lock (_lock)
        {
            // On the pool: whoever waits for it synchronously must not hold the thread that the opening goes on with.
            return _started is { } started && !IsOver(started) ? started : _started = Task.Run(OpenAsync);
        }
    }

    private static bool IsOver(Task<RedisUsageLedger> started) =>
        started.IsCompleted && !(started.IsCompletedSuccessfully && !started.Result.IsDisposed);

    private Task<RedisUsageLedger> OpenAsync() => RedisUsageLedger.OpenAsync(
        services.GetRequiredService<IOptionsMonitor<RedisLedgerOptions>>().Get(name),
        services.GetService<TimeProvider>() ?? TimeProvider.System,
        services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
        CancellationToken.None).AsTask();
}
