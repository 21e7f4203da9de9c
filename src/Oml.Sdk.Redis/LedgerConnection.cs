using System.Net;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>The connection to a server: runs scripts within a time, and says what went wrong in the ledger's words.</summary>
internal sealed class LedgerConnection : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(250);

    private readonly ConnectionMultiplexer _client;
    private readonly IDatabase _database;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    private LedgerConnection(ConnectionMultiplexer client, string server, TimeSpan timeout, TimeProvider time)
    {
        _client = client;
        _database = client.GetDatabase();
        _timeout = timeout;
        _time = time;
        Server = server;
    }

    /// <summary>The host and port, or those of a cluster; never a user or a password.</summary>
    public string Server { get; }

    public static async Task<LedgerConnection> OpenAsync(
        RedisLedgerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ConfigurationOptions client = ConfigurationOptions.Parse(options.ConnectionString);
        string server = string.Join(", ", client.EndPoints.Select(Describe));
        client.AbortOnConnectFail = true;
        client.ConnectRetry = 1;

        // Shorter than the time that we wait for it, so that the client's own reason is heard.
        client.ConnectTimeout = (int)(options.ConnectTimeout.TotalMilliseconds * 3 / 4);
        client.AsyncTimeout = client.SyncTimeout = (int)options.OperationTimeout.TotalMilliseconds;

        // Lost connections are tried again on the heartbeat.
        client.HeartbeatInterval = Heartbeat;
        client.ReconnectRetryPolicy = new LinearRetry((int)Pause.TotalMilliseconds);

        // How soon it notices that a replica has become the primary.
        client.ConfigCheckSeconds = 5;
        client.IncludeDetailInExceptions = false;
        client.LoggerFactory = loggers;

        // The client wants it for INFO, which says whether the server writes to its disk.
        client.AllowAdmin = true;

        // A step that waits for a connection could be carried out long after its caller was told that it failed.
        client.BacklogPolicy = BacklogPolicy.FailFast;
        Task<ConnectionMultiplexer> connecting = ConnectionMultiplexer.ConnectAsync(client);
        try
        {
            ConnectionMultiplexer connected = await connecting.WaitAsync(options.ConnectTimeout, time, cancellationToken).ConfigureAwait(false);
            return new LedgerConnection(connected, server, options.OperationTimeout, time);
        }
        catch (Exception error) when (LedgerErrors.IsOfServer(error) || error is OperationCanceledException)
        {
            _ = connecting.ContinueWith(
                static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            if (error is OperationCanceledException)
            {
                throw;
            }

            throw LedgerErrors.ForConnecting(server, options.ConnectTimeout, error);
        }
    }

    /// <summary>Reads text values, each of which is set first where there is none.</summary>
    public async Task<RedisValue[]> ReadOrSetAsync(IReadOnlyList<RedisKey> keys, RedisValue initial)
    {
        try
        {
            // In one go, and in order on each connection: what is read was set before.
            Task<bool>[] set = [.. keys.Select(key => _database.StringSetAsync(key, initial, when: When.NotExists))];
            Task<RedisValue>[] read = [.. keys.Select(key => _database.StringGetAsync(key, CommandFlags.DemandMaster))];
            await Task.WhenAll(set).WaitAsync(_timeout, _time).ConfigureAwait(false);
            return await Task.WhenAll(read).WaitAsync(_timeout, _time).ConfigureAwait(false);
        }
        catch (Exception error) when (LedgerErrors.IsOfServer(error))
        {
            throw LedgerErrors.ForConnecting(Server, _timeout, error);
        }
    }

    /// <summary>What the primaries say of themselves; nothing of those that may not be asked.</summary>
    public async Task<IReadOnlyList<ServerSettings>> ReadSettingsAsync()
    {
        List<ServerSettings> settings = [];
        foreach (IServer server in _client.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
        {
            try
            {
                settings.Add(await ServerSettings.ReadAsync(server).WaitAsync(_timeout, _time).ConfigureAwait(false));
            }
            catch (Exception error) when (LedgerErrors.IsOfServer(error))
            {
                // Many hosted servers forbid it. It is advice; the ledger works without.
            }
        }

        return settings;
    }

    /// <summary>Adds one to numbers.</summary>
    public async Task IncrementAsync(IReadOnlyList<RedisKey> keys)
    {
        try
        {
            await Task.WhenAll(keys.Select(key => _database.StringIncrementAsync(key))).WaitAsync(_timeout, _time).ConfigureAwait(false);
        }
        catch (Exception error) when (LedgerErrors.IsOfServer(error))
        {
            throw LedgerErrors.ForStep(Server, error);
        }
    }

    /// <summary>Runs a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">KEYS.</param>
    /// <param name="arguments">ARGV.</param>
    /// <param name="repeatable">Whether carrying it out twice is carrying it out once, so that it may be tried again when its outcome is unknown.</param>
    public async Task<LedgerReply> EvaluateAsync(LedgerScript script, RedisKey[] keys, RedisValue[] arguments, bool repeatable)
    {
        long start = _time.GetTimestamp();
        Exception? unknown = null;
        while (true)
        {
            TimeSpan left = TimeSpan.FromTicks(Math.Max(0, (_timeout - _time.GetElapsedTime(start)).Ticks));
            try
            {
                RedisResult result = await RunAsync(script, keys, arguments).WaitAsync(left, _time).ConfigureAwait(false);
                return LedgerReply.Parse(result, Server);
            }
            catch (Exception error) when (LedgerErrors.IsOfServer(error))
            {
                // What one attempt may have booked, a later one that was refused has not taken back.
                unknown ??= LedgerErrors.IsRefusal(error) ? null : error;
                if (!repeatable || !LedgerErrors.IsPassing(error) || _time.GetElapsedTime(start) + Pause >= _timeout)
                {
                    throw LedgerErrors.ForStep(Server, unknown ?? error);
                }
            }

            await Task.Delay(Pause, _time).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static string Describe(EndPoint endPoint) =>
        endPoint is DnsEndPoint { Port: not 0 } dns ? $"{dns.Host}:{dns.Port}" : endPoint is DnsEndPoint { Host: var host } ? host : $"{endPoint}";

    private async Task<RedisResult> RunAsync(LedgerScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await _database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.NoScript)
        {
            // The server says that it ran nothing. EVAL runs the script and makes the server remember it.
            return await _database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.DemandMaster | CommandFlags.NoScriptCache)
                .ConfigureAwait(false);
        }
    }
}
