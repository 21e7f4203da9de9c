using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>A ledger in memory whose store executes what it is told and whose answer is lost on the way, or that cannot be reached at all.</summary>
internal sealed class UncertainLedger(TimeProvider time) : IUsageLedger
{
    private readonly InMemoryUsageLedger _inner = new(time);

    private int _returns;

    /// <summary>Which return, from the first on, is the first whose answer is lost; 0 for none.</summary>
    public int LosesReturnsFrom { get; set; }

    /// <summary>Whether it can be told the time.</summary>
    public bool IsAway { get; set; }

    public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.RedeemAsync(key, keepUntil, cancellationToken);

    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(key, cancellationToken);

    public ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.ReserveAsync(key, units, limit, keepUntil, cancellationToken);

    public async ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default)
    {
        await _inner.ReturnAsync(key, units, cancellationToken);
        if (++_returns >= LosesReturnsFrom && LosesReturnsFrom > 0)
        {
            throw new UsageLedgerException("The answer was lost.");
        }
    }

    public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.AdvanceAsync(key, index, keepUntil, cancellationToken);

    public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        IsAway ? throw new UsageLedgerException("The store is away.") : _inner.ObserveAsync(now, cancellationToken);
}
