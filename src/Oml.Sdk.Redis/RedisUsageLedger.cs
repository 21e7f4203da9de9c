using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>A usage ledger that any number of processes and machines share, on a Redis server.</summary>
/// <remarks>
/// <para>Every verb is one script, which the server runs whole or not at all. What was acknowledged is as durable as the server: with
/// <c>appendonly yes</c> and <c>appendfsync always</c> it survives the end of the server's process and of its machine; with less, the last
/// moments, or everything, may be forgotten, and permissions of that time can be used again. A failover to a replica may lose
/// acknowledged writes in every mode; whoever carries it out bumps the epoch (<see cref="AdvanceEpochAsync"/>), and every ledger that was
/// open before then refuses (<see cref="RedisLedgerFencedException"/>) until <see cref="ReopenAsync"/>.</para>
/// <para>A step whose outcome is unknown raises <see cref="UsageLedgerException"/>; only redeeming, which carries a token by which the
/// server knows the caller again, and observing the time are tried again before that. So a lost answer can cost the licensee what was
/// asked for, never the publisher.</para>
/// <para>Thread-safe. The server must not evict (<c>maxmemory-policy noeviction</c>). Cancelling stops a call that has not begun; one that
/// was sent is waited for, up to <see cref="RedisLedgerOptions.OperationTimeout"/>, so that its outcome is known.</para>
/// </remarks>
public sealed class RedisUsageLedger : IUsageLedger, IAsyncDisposable
{
    // Numbers of Lua are doubles: above this they are not exact. The publisher loses nothing when less is granted.
    private const long MostUnits = (1L << 53) - 1;
    private const int TokenSize = 16;

    // An hour before what servers can express: they keep entries a little longer.
    private static readonly long LatestEnd = DateTimeOffset.MaxValue.AddHours(-1).ToUnixTimeMilliseconds();
    private static readonly long LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private readonly LedgerConnection _connection;
    private readonly LedgerKeys _keys;
    private readonly string _prefix;
    private readonly long _skew;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile LedgerEpochs? _epochs;
    private volatile RedisLedgerFencedException? _fenced;
    private volatile bool _disposed;

    private RedisUsageLedger(LedgerConnection connection, RedisLedgerOptions options, TimeProvider time, ILogger logger)
    {
        _connection = connection;
        _keys = new LedgerKeys(options.KeyPrefix, options.EpochKey);
        _prefix = options.KeyPrefix;
        _skew = (long)options.AllowedClockSkew.TotalMilliseconds;
        _time = time;
        _logger = logger;
    }

    /// <summary>The server's host and port, or those of a cluster, without user and password.</summary>
    public string Server => _connection.Server;

    /// <summary>Whether the epoch has changed, so that every step is refused until <see cref="ReopenAsync"/>.</summary>
    public bool IsFenced => _fenced is not null;

    internal bool IsDisposed => _disposed;

    /// <summary>Connects to the server and reads its epoch.</summary>
    /// <param name="connectionString">The connection string in the form of StackExchange.Redis, e.g. <c>localhost:6379</c>.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <param name="timeProvider">The clock by which permissions end; the system's when null.</param>
    /// <param name="loggerFactory">Where the ledger logs; nowhere when null.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The ledger; dispose it.</returns>
    /// <exception cref="UsageLedgerException">The server cannot be reached, refuses, or is no Redis server; the message says which.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static ValueTask<RedisUsageLedger> OpenAsync(
        string connectionString,
        Action<RedisLedgerOptions>? configure = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        RedisLedgerOptions options = new() { ConnectionString = connectionString };
        configure?.Invoke(options);
        return OpenAsync(options, timeProvider ?? TimeProvider.System, loggerFactory ?? NullLoggerFactory.Instance, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        LedgerEpochs epochs = Begin(cancellationToken);
        if (IsOver(keepUntil))
        {
            return false;
        }

        // The token tells this call from any other: its own repetition finds it and has won, everybody else's redemption has lost.
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenSize));
        LedgerReply reply = await RunAsync(LedgerScripts.Redeem, key, epochs, repeatable: true, End(keepUntil), token).ConfigureAwait(false);
        return reply.Word != LedgerReply.Over && reply.Expect(LedgerReply.Ok, 1).Number(0) switch
        {
            0 => false,
            1 => true,
            _ => throw LedgerReply.NotOurs(Server),
        };
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default)
    {
        LedgerEpochs epochs = Begin(cancellationToken);
        (await RunAsync(LedgerScripts.Release, key, epochs, repeatable: false).ConfigureAwait(false)).Expect(LedgerReply.Ok, 0);
    }

    /// <inheritdoc/>
    public async ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        LedgerEpochs epochs = Begin(cancellationToken);
        if (IsOver(keepUntil))
        {
            return default;
        }

        LedgerReply reply = await RunAsync(
            LedgerScripts.Reserve, key, epochs, repeatable: false, End(keepUntil), Math.Min(units, MostUnits), Math.Min(limit, MostUnits))
            .ConfigureAwait(false);
        if (reply.Word == LedgerReply.Over)
        {
            return default;
        }

        reply.Expect(LedgerReply.Ok, 2);
        UnitReservation reservation = new(reply.Number(0), reply.Number(1));
        return reservation.Granted >= 0 && reservation.Granted <= units && reservation.Remaining >= 0
            && reservation.Granted <= limit - reservation.Remaining ? reservation : throw LedgerReply.NotOurs(Server);
    }

    /// <inheritdoc/>
    public async ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        LedgerEpochs epochs = Begin(cancellationToken);
        LedgerReply reply = await RunAsync(LedgerScripts.Return, key, epochs, repeatable: false, units).ConfigureAwait(false);
        if (reply.Word == LedgerReply.Excess)
        {
            throw new ArgumentOutOfRangeException(
                nameof(units), units, $"Only {reply.Expect(LedgerReply.Excess, 1).Number(0)} units are reserved under this permission.");
        }

        reply.Expect(LedgerReply.Ok, 0);
    }

    /// <inheritdoc/>
    public async ValueTask<long> AdvanceAsync(
        PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        LedgerEpochs epochs = Begin(cancellationToken);
        if (IsOver(keepUntil))
        {
            return index;
        }

        LedgerReply reply = await RunAsync(LedgerScripts.Advance, key, epochs, repeatable: false, End(keepUntil), index).ConfigureAwait(false);
        if (reply.Word == LedgerReply.Over)
        {
            return index;
        }

        long before = reply.Expect(LedgerReply.Ok, 1).Number(0);
        return before >= 0 ? before : throw LedgerReply.NotOurs(Server);
    }

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        LedgerEpochs epochs = Begin(cancellationToken);
        long told = now.ToUnixTimeMilliseconds();
        LedgerReply reply = await RunAsync(
            LedgerScripts.Observe, new LedgerEntryKey(LedgerKeys.SharedBucket, _keys.Seen), epochs, repeatable: true, told).ConfigureAwait(false);
        long seen = reply.Expect(LedgerReply.Ok, 1).Number(0);
        return seen >= told && seen <= LatestMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(seen) : throw LedgerReply.NotOurs(Server);
    }

    /// <summary>Asks the server whether the ledger can be used: for health checks.</summary>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When the server has answered that it can.</returns>
    /// <exception cref="UsageLedgerException">The server cannot be reached.</exception>
    /// <exception cref="RedisLedgerFencedException">The epoch has changed.</exception>
    public async ValueTask CheckAsync(CancellationToken cancellationToken = default)
    {
        LedgerEpochs epochs = Begin(cancellationToken);
        LedgerReply[] replies = await Task.WhenAll(Enumerable.Range(0, LedgerKeys.Buckets).Select(bucket => _connection.EvaluateAsync(
            LedgerScripts.Check, [_keys.Epoch(bucket)], [epochs[bucket]], repeatable: false))).ConfigureAwait(false);
        for (int bucket = 0; bucket < replies.Length; bucket++)
        {
            RefuseIfFenced(replies[bucket], epochs, bucket).Expect(LedgerReply.Ok, 0);
        }
    }

    /// <summary>Bumps the epoch, which fences every ledger that is open on this server and prefix, this one too.</summary>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When every ledger is fenced.</returns>
    /// <remarks>For whoever carries out a failover, once the new primary takes writes, before applications use it. A shell does the same; see
    /// <c>docs/ledgers-redis.md</c>. Works on a fenced ledger, too. If it fails, part of the permissions is fenced: do it again.</remarks>
    /// <exception cref="UsageLedgerException">The server cannot be reached; do it again.</exception>
    public async ValueTask AdvanceEpochAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        await _connection.IncrementAsync(EpochKeys()).ConfigureAwait(false);
    }

    /// <summary>Reads the server's epoch again and, if the ledger was fenced, goes on in the new one.</summary>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When the ledger is open.</returns>
    /// <remarks>Call it when somebody has decided that what the server holds is good: whatever it lost can be used again.</remarks>
    /// <exception cref="UsageLedgerException">The server cannot be reached.</exception>
    public async ValueTask ReopenAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();

        // The first epoch is the time: a server that lost all it had is not by chance in the epoch that others were opened in.
        long initial = _time.GetUtcNow().ToUnixTimeMilliseconds();
        LedgerEpochs epochs = LedgerEpochs.Parse(await _connection.ReadOrSetAsync(EpochKeys(), initial).ConfigureAwait(false), Server);
        if (epochs.Contains(initial))
        {
            RedisLedgerLog.SetUp(_logger, _prefix, Server);
        }

        _epochs = epochs;
        _fenced = null;
        RedisLedgerLog.Opened(_logger, _prefix, Server, epochs.ToString());
    }

    /// <summary>Closes the connection.</summary>
    /// <returns>When it is closed.</returns>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _connection.DisposeAsync();
    }

    internal static async ValueTask<RedisUsageLedger> OpenAsync(
        RedisLedgerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        RedisLedgerOptionsValidator.ThrowIfInvalid(options);
        cancellationToken.ThrowIfCancellationRequested();
        LedgerConnection connection = await LedgerConnection.OpenAsync(options, time, loggers, cancellationToken).ConfigureAwait(false);
        RedisUsageLedger ledger = new(connection, options, time, loggers.CreateLogger<RedisUsageLedger>());
        try
        {
            await ledger.ReopenAsync(cancellationToken).ConfigureAwait(false);
            await ledger.WarnAsync().ConfigureAwait(false);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task WarnAsync()
    {
        foreach (ServerSettings settings in await _connection.ReadSettingsAsync().ConfigureAwait(false))
        {
            if (!settings.WritesToDisk)
            {
                RedisLedgerLog.NotDurable(_logger, Server);
            }

            if (settings.Evicts is { } policy)
            {
                RedisLedgerLog.Evicts(_logger, Server, policy);
            }

            if (settings.IsGarnet)
            {
                RedisLedgerLog.MixesScripts(_logger, Server);
            }
        }
    }

    private LedgerEpochs Begin(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return _fenced is { } fenced ? throw FencedIn(fenced.Epoch, fenced.ServerEpoch) : _epochs!;
    }

    private Task<LedgerReply> RunAsync(
        LedgerScript script, PermissionKey key, LedgerEpochs epochs, bool repeatable, params ReadOnlySpan<RedisValue> arguments) =>
        RunAsync(script, _keys.Entry(key), epochs, repeatable, arguments);

    private Task<LedgerReply> RunAsync(
        LedgerScript script, LedgerEntryKey entry, LedgerEpochs epochs, bool repeatable, params ReadOnlySpan<RedisValue> arguments)
    {
        Task<LedgerReply> running = _connection.EvaluateAsync(
            script, [_keys.Epoch(entry.Bucket), entry.Key], [epochs[entry.Bucket], .. arguments], repeatable);
        return FinishAsync();

        async Task<LedgerReply> FinishAsync() => RefuseIfFenced(await running.ConfigureAwait(false), epochs, entry.Bucket);
    }

    private LedgerReply RefuseIfFenced(LedgerReply reply, LedgerEpochs epochs, int bucket)
    {
        if (reply.Word != LedgerReply.Fenced)
        {
            return reply;
        }

        RedisLedgerFencedException error = FencedIn(epochs.Number(bucket), reply.ServerEpoch());

        // A call that was sent before somebody reopened the ledger must not close it again.
        if (_epochs == epochs && Interlocked.CompareExchange(ref _fenced, error, null) is null)
        {
            RedisLedgerLog.Fenced(_logger, _prefix, Server, error.Epoch, error.ServerEpoch);
        }

        throw error;
    }

    private RedisLedgerFencedException FencedIn(long epoch, long? serverEpoch) => new(
        $"The usage ledger on the Redis server {Server} was opened in epoch {epoch}, but the server " +
        (serverEpoch is { } now ? $"is in epoch {now}: it was failed over or restored, or somebody bumped it" : "has none: it lost its data") +
        ". Nothing was booked and the use is refused. Make sure that the server holds what it should, then call ReopenAsync or restart.",
        epoch,
        serverEpoch);

    private RedisKey[] EpochKeys() => [.. Enumerable.Range(0, LedgerKeys.Buckets).Select(_keys.Epoch)];

    private bool IsOver(DateTimeOffset keepUntil) => keepUntil < _time.GetUtcNow();

    private RedisValue End(DateTimeOffset keepUntil) =>
        Math.Min(keepUntil.ToUnixTimeMilliseconds() + _skew, LatestEnd).ToString(CultureInfo.InvariantCulture);
}
