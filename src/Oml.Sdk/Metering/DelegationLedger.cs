using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>Books the units of a delegated permission also under every permission that it comes from, the publisher's first.</summary>
/// <remarks>
/// Each level is one atomic step, and units are granted only after all of them: whatever fails between leaves units reserved above that
/// nobody can use, never the other way round. A return that fails may have been done at some levels: whoever asked for it must not use the
/// units any more.
/// </remarks>
internal sealed class DelegationLedger : IUsageLedger
{
    private readonly IUsageLedger _inner;
    private readonly List<(PermissionKey Key, long Quota, DateTimeOffset KeepUntil)> _above = [];

    public DelegationLedger(IUsageLedger inner, Permission permission, Func<Permission, DateTimeOffset> endOf)
    {
        _inner = inner;
        for (Permission? parent = permission.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent.Quota is { } quota)
            {
                _above.Insert(0, (parent.Key, quota, endOf(parent)));
            }
        }
    }

    public async ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        long granted = units, remaining = long.MaxValue;
        for (int level = 0; level <= _above.Count && granted > 0; level++)
        {
            (PermissionKey at, long quota, DateTimeOffset until) = level < _above.Count ? _above[level] : (key, limit, keepUntil);
            UnitReservation reservation;
            try
            {
                reservation = await _inner.ReserveAsync(at, granted, quota, until, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await ReturnAboveAsync(level, granted).ConfigureAwait(false);
                throw;
            }

            await ReturnAboveAsync(level, granted - reservation.Granted).ConfigureAwait(false);
            granted = reservation.Granted;
            remaining = Math.Min(remaining, reservation.Remaining);
        }

        return new(granted, remaining);
    }

    public async ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default)
    {
        await _inner.ReturnAsync(key, units, cancellationToken).ConfigureAwait(false);
        await ReturnAboveAsync(_above.Count, units).ConfigureAwait(false);
    }

    public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.RedeemAsync(key, keepUntil, cancellationToken);

    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(key, cancellationToken);

    public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.AdvanceAsync(key, index, keepUntil, cancellationToken);

    public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        _inner.ObserveAsync(now, cancellationToken);

    private async ValueTask ReturnAboveAsync(int levels, long units)
    {
        for (int level = 0; units > 0 && level < levels; level++)
        {
            await _inner.ReturnAsync(_above[level].Key, units, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
