using Oml.Sdk.Metering;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>Turns what the client reports into errors that name the server, what happened and what to do.</summary>
internal static class LedgerErrors
{
    /// <summary>Whether an error is about the server or the way to it.</summary>
    public static bool IsOfServer(Exception error) => error is RedisException or RedisCommandException or TimeoutException;

    /// <summary>Whether a step that failed like this may succeed when it is tried again soon.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        RedisServerException server => server.Kind
            is RedisErrorKind.Loading or RedisErrorKind.ClusterDown or RedisErrorKind.MasterDown or RedisErrorKind.TryAgain or RedisErrorKind.ReadOnly,
        RedisConnectionException connection => connection.FailureType != ConnectionFailureType.AuthenticationFailure,
        RedisTimeoutException => true,
        _ => false,
    };

    /// <summary>Whether a step that failed like this was certainly not carried out.</summary>
    public static bool IsRefusal(Exception error) => error is RedisServerException or RedisCommandException
        or RedisConnectionException { CommandStatus: CommandStatus.WaitingInBacklog or CommandStatus.WaitingToBeSent };

    /// <summary>The error for a step that failed.</summary>
    public static UsageLedgerException ForStep(string server, Exception error) => new(
        error switch
        {
            RedisServerException { Kind: RedisErrorKind.OutOfMemory } =>
                $"The Redis server {server} is out of memory; nothing was booked and the use is refused. Give it more: it must never evict.",
            RedisServerException { Kind: RedisErrorKind.Misconfigured } =>
                $"The Redis server {server} cannot write to its disk, so nothing was booked and the use is refused. " +
                "Look whether its disk is full; it goes on by itself when it can write again.",
            RedisServerException { Kind: RedisErrorKind.ReadOnly } =>
                $"The Redis server {server} is a replica now; nothing was booked and the use is refused. " +
                "Look whether it was failed over, and which server is the primary.",
            RedisServerException refused =>
                $"The Redis server {server} refused a step of the usage ledger ({Brief(refused)}); nothing was booked and the use is refused. " +
                "Look at the server, and at what its user may do.",
            RedisCommandException =>
                $"No primary of the Redis server {server} takes the steps of the usage ledger; nothing was booked and the use is refused. " +
                "Look whether only a replica is left, and whether the connection string disables commands.",
            TimeoutException =>
                $"The Redis server {server} did not answer the usage ledger in time, so the use is refused; it may have been booked. " +
                "Look at the server's load and the network, or allow more time.",
            RedisConnectionException { CommandStatus: CommandStatus.WaitingInBacklog or CommandStatus.WaitingToBeSent } =>
                $"There is no connection to the Redis server {server}, so nothing was booked and the use is refused. " +
                "The connection comes back by itself when the server does.",
            _ =>
                $"The connection to the Redis server {server} was lost before it answered, so the use is refused; it may have been booked. " +
                "The connection comes back by itself when the server does.",
        },
        error);

    /// <summary>The error for a server that could not be connected to.</summary>
    public static UsageLedgerException ForConnecting(string server, TimeSpan timeout, Exception error) => new(
        error switch
        {
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
                $"The Redis server {server} refused the user name or the password of the usage ledger. Correct the connection string.",
            RedisServerException { Kind: RedisErrorKind.NoAuth or RedisErrorKind.WrongPass } =>
                $"The Redis server {server} refused the user name or the password of the usage ledger. Correct the connection string.",
            RedisServerException { Kind: RedisErrorKind.Misconfigured } =>
                $"The Redis server {server} cannot write to its disk, so it refused to open the usage ledger. Look whether its disk is full.",
            RedisServerException refused =>
                $"The Redis server {server} refused to open the usage ledger ({Brief(refused)}). Look at the server, and at what its user may do.",
            TimeoutException =>
                $"The Redis server {server} did not answer the usage ledger within {timeout.TotalSeconds:0.###} s. " +
                "Look whether it is a Redis server, at its load and at the network.",
            RedisConnectionException { FailureType: ConnectionFailureType.ProtocolFailure or ConnectionFailureType.InternalFailure } =>
                $"What answers at {server} does not speak the Redis protocol. Correct the connection string; look whether it must say ssl=true.",
            _ =>
                $"No primary of the Redis server {server} could be reached for the usage ledger. Look whether it runs and is no replica, at the " +
                "network, and at the connection string.",
        },
        error);

    // The code that an error reply begins with; the rest may quote keys.
    private static string Brief(RedisServerException error) => error.Message.Split(' ', 2)[0];
}
