using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>A ledger in memory that another one can be put in the place of, as an old copy of a server's data is.</summary>
internal sealed class ReplaceableLedger : IUsageLedger
{
    public InMemoryUsageLedger Inner { get; set; } = Empty();

    /// <summary>A ledger that holds nothing, by a clock that is behind the tests'.</summary>
    public static InMemoryUsageLedger Empty() => new(new FakeTimeProvider());

    public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        Inner.RedeemAsync(key, keepUntil, cancellationToken);

    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => Inner.ReleaseAsync(key, cancellationToken);

    public ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        Inner.ReserveAsync(key, units, limit, keepUntil, cancellationToken);

    public ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default) =>
        Inner.ReturnAsync(key, units, cancellationToken);

    public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        Inner.AdvanceAsync(key, index, keepUntil, cancellationToken);

    public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        Inner.ObserveAsync(now, cancellationToken);
}
