using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Oml.Sdk.Redis;

/// <summary>Opens the ledger of one registered model once, whoever asks first.</summary>
/// <remarks>
/// The model closes it, after the sessions that give units back. A container would close it first: it disposes what was made last, and
/// this is made while the model is built.
/// </remarks>
internal sealed class RedisLedgerHost
{
    private readonly Lazy<Task<RedisUsageLedger>> _ledger;

    public RedisLedgerHost(IServiceProvider services, string name)
    {
        Name = name.Length == 0 ? "model" : name;

        // On the pool: whoever waits for it synchronously must not hold the thread that the opening goes on with.
        _ledger = new Lazy<Task<RedisUsageLedger>>(() => Task.Run(() => RedisUsageLedger.OpenAsync(
            services.GetRequiredService<IOptionsMonitor<RedisLedgerOptions>>().Get(name),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            CancellationToken.None).AsTask()));
    }

    /// <summary>The name of the model, as people read it.</summary>
    public string Name { get; }

    /// <summary>The ledger, if it was asked for; opening it is not started.</summary>
    public Task<RedisUsageLedger>? Started => _ledger.IsValueCreated ? _ledger.Value : null;

    public Task<RedisUsageLedger> GetAsync() => _ledger.Value;
}
