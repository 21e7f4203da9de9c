using Oml.Sdk.Metering;

namespace Oml.Sdk.Redis;

/// <summary>The server's epoch is not the one that this ledger was opened in: a failover, a restore or an operator came between.</summary>
/// <remarks>
/// What the ledger believed may have been lost, so it refuses every step until <see cref="RedisUsageLedger.ReopenAsync"/>, which whoever
/// knows that the server's data are good again calls. Nothing was booked.
/// </remarks>
public sealed class RedisLedgerFencedException : UsageLedgerException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which server, what happened, what to do next.</param>
    /// <param name="epoch">The epoch that the ledger was opened in.</param>
    /// <param name="serverEpoch">The epoch that the server is in; null when it has none, so lost its data.</param>
    public RedisLedgerFencedException(string message, long epoch, long? serverEpoch)
        : base(message)
    {
        Epoch = epoch;
        ServerEpoch = serverEpoch;
    }

    /// <summary>The epoch that the ledger was opened in.</summary>
    public long Epoch { get; }

    /// <summary>The epoch that the server is in; null when it has none: its data are gone.</summary>
    public long? ServerEpoch { get; }
}
