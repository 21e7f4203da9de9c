using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>A ledger in memory that is slow to answer, as one across a network is.</summary>
internal sealed class AwkwardLedger(TimeProvider time) : IUsageLedger
{
    private readonly InMemoryUsageLedger _inner = new(time);

    /// <summary>What a return waits for.</summary>
    public TaskCompletionSource MayReturn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it heeds a cancellation when the work is done already.</summary>
    public bool CancelsAfterCommit { get; set; }

    public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.RedeemAsync(key, keepUntil, cancellationToken);

    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(key, cancellationToken);

    public async ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        UnitReservation reservation = await _inner.ReserveAsync(key, units, limit, keepUntil, cancellationToken);
        if (CancelsAfterCommit)
        {
            await Task.Delay(30, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return reservation;
    }

    public async ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default)
    {
        await MayReturn.Task;
        await _inner.ReturnAsync(key, units, cancellationToken);
    }

    public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.AdvanceAsync(key, index, keepUntil, cancellationToken);

    public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        _inner.ObserveAsync(now, cancellationToken);
}
