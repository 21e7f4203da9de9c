using Microsoft.Extensions.Logging;

namespace Oml.Sdk.Redis;

/// <summary>Every line that this package logs. Event ids are stable.</summary>
internal static partial class RedisLedgerLog
{
    [LoggerMessage(130, LogLevel.Information, "The usage ledger '{Prefix}' on the Redis server {Server} is open in epoch {Epoch}.")]
    public static partial void Opened(ILogger logger, string prefix, string server, string epoch);

    [LoggerMessage(131, LogLevel.Warning,
        "The usage ledger '{Prefix}' on the Redis server {Server} was empty and has been set up. Unless this is its first use, the server has " +
        "lost what it held, and permissions that were used can be used again.")]
    public static partial void SetUp(ILogger logger, string prefix, string server);

    [LoggerMessage(132, LogLevel.Critical,
        "The usage ledger '{Prefix}' on the Redis server {Server} is fenced: it was opened in epoch {Epoch}, and the server is in {ServerEpoch}. " +
        "It refuses every use until it is reopened.")]
    public static partial void Fenced(ILogger logger, string prefix, string server, long epoch, long? serverEpoch);

    [LoggerMessage(133, LogLevel.Warning,
        "The Redis server {Server} keeps usage in memory only: when it ends, permissions that were used can be used again. " +
        "Set appendonly yes and appendfsync always.")]
    public static partial void NotDurable(ILogger logger, string server);

    [LoggerMessage(134, LogLevel.Warning,
        "The Redis server {Server} drops keys when its memory is full ({Policy}): permissions that were used can then be used again. " +
        "Set maxmemory-policy noeviction.")]
    public static partial void Evicts(ILogger logger, string server, string policy);

    [LoggerMessage(135, LogLevel.Warning,
        "The server {Server} is Garnet. Without --lua-transaction-mode it mixes the steps of concurrent scripts, and quotas are exceeded.")]
    public static partial void MixesScripts(ILogger logger, string server);
}
