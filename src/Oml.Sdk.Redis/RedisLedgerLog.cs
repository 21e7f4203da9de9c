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
}
