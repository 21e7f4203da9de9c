using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>A ledger in memory that counts, and fails when it is told to.</summary>
internal sealed class FailingLedger : IUsageLedger
{
    private readonly InMemoryUsageLedger _inner = new(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
    private int _reservations;

    /// <summary>Whether the index of a chain cannot be raised.</summary>
    public bool Fails { get; set; }

    /// <summary>Which reservation fails; 0 for none.</summary>
    public int FailsAt { get; set; }

    /// <summary>What telling it the time waits for, or fails with.</summary>
    public Func<Task>? Observing { get; set; }

    public int Advances { get; private set; }

    public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        _inner.RedeemAsync(key, keepUntil, cancellationToken);

    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(key, cancellationToken);

    public ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        ++_reservations == FailsAt ? throw new IOException("the store is away") : _inner.ReserveAsync(key, units, limit, keepUntil, cancellationToken);

    public ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default) =>
        _inner.ReturnAsync(key, units, cancellationToken);

    public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        Advances++;
        return Fails ? throw new IOException("the store is away") : _inner.AdvanceAsync(key, index, keepUntil, cancellationToken);
    }

    public async ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        if (Observing is { } observing)
        {
            await observing();
        }

        return await _inner.ObserveAsync(now, cancellationToken);
    }
}
