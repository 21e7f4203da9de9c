using System.Collections.Concurrent;
using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Redis.Tests;

/// <summary>What the ledger holds on every server that it can use.</summary>
public abstract partial class RedisLedgerContract : UsageLedgerContract, IAsyncDisposable
{
    private readonly ConcurrentBag<RedisUsageLedger> _opened = [];
    private int _prefixes;

    protected static DateTimeOffset Later => new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private string Prefix { get; } = $"t{Guid.NewGuid():n}:";

    public async ValueTask DisposeAsync()
    {
        foreach (RedisUsageLedger ledger in _opened)
        {
            await ledger.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    // A prefix of its own each time: the suite asks for an empty ledger.
    protected sealed override IUsageLedger CreateLedger() => CreateLedger(TimeProvider.System);

    protected sealed override IUsageLedger CreateLedger(TimeProvider timeProvider) =>
        OpenAsync(prefix: NewPrefix(), time: timeProvider).GetAwaiter().GetResult();

    protected abstract Task<string> ServerAsync();

    protected string NewPrefix() => Prefix + Interlocked.Increment(ref _prefixes).ToString(CultureInfo.InvariantCulture) + ":";

    protected static PermissionKey NewKey() => new("https://publisher.example", PermissionNonce.CreateRandom());

    protected async Task<RedisUsageLedger> OpenAsync(
        string? prefix = null, string? server = null, Action<RedisLedgerOptions>? configure = null, TimeProvider? time = null)
    {
        RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(
            server ?? await ServerAsync(),
            options =>
            {
                options.KeyPrefix = prefix ?? Prefix;
                configure?.Invoke(options);
            },
            time);
        _opened.Add(ledger);
        return ledger;
    }
}
