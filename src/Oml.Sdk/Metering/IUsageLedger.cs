using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>The store that makes nonces single-use and counts units. Every verb is one atomic step.</summary>
/// <remarks>
/// <para>The contract, which <c>UsageLedgerContract</c> of Oml.Sdk.Testing checks, under any number of threads (and, for ledgers
/// that are shared, of processes and machines):</para>
/// <list type="bullet">
/// <item>(I1) Units granted and not returned never exceed the limit.</item>
/// <item>(I2) A nonce that is redeemed is redeemed by one caller, until it is released or no longer has to be kept.</item>
/// <item>(I3) What was acknowledged is as durable as the ledger says it is.</item>
/// <item>(I4) Losing a process loses at most what it had reserved, in the publisher's favour.</item>
/// </list>
/// <para>Any number of callers at once. When the store cannot be reached, a verb throws; the facade then refuses the use.</para>
/// </remarks>
public interface IUsageLedger
{
    /// <summary>Redeems a nonce.</summary>
    /// <param name="key">The permission.</param>
    /// <param name="keepUntil">Until when the ledger must remember it: the permission's end and the allowed clock skew.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>True for exactly one caller; false for all others, and for all when <paramref name="keepUntil"/> is over.</returns>
    ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default);

    /// <summary>Takes a redemption back, because nothing was delivered under it. Only its redeemer may call this.</summary>
    /// <param name="key">The permission.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When it is done. Releasing what is not redeemed changes nothing.</returns>
    ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default);

    /// <summary>Reserves units against a limit.</summary>
    /// <param name="key">The permission.</param>
    /// <param name="units">How many are wanted, 1 or more.</param>
    /// <param name="limit">How many there are in all: the permission's quota.</param>
    /// <param name="keepUntil">Until when the ledger must remember them.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>How many were granted, 0 to <paramref name="units"/>, and how many are left for others; none when
    /// <paramref name="keepUntil"/> is over.</returns>
    ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default);

    /// <summary>Gives back units that were reserved and not used.</summary>
    /// <param name="key">The permission.</param>
    /// <param name="units">How many, 1 or more, and no more than the caller reserved.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When it is done. When it throws, they may be back all the same: the caller does not use them any more.</returns>
    ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default);

    /// <summary>Raises the index up to which a permit chain is paid.</summary>
    /// <param name="key">The permission.</param>
    /// <param name="index">The index that was paid for, 1 or more.</param>
    /// <param name="keepUntil">Until when the ledger must remember it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>
    /// The index that stood before, 0 at first: the caller gained <paramref name="index"/> less that, and nothing if it is not below
    /// <paramref name="index"/>. <paramref name="index"/> itself, so nothing, when <paramref name="keepUntil"/> is over.
    /// </returns>
    ValueTask<long> AdvanceAsync(
        PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default);

    /// <summary>Tells the ledger what time it is, and learns the latest time that anybody told it: a clock that is behind was set back.</summary>
    /// <param name="now">The caller's time; kept to the millisecond.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The latest time that the ledger was ever told, <paramref name="now"/> included, rounded down to the millisecond.</returns>
    ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default);
}
