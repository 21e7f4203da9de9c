using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.SessionHost;

/// <summary>Says "ask N" before N units are reserved, "got N" when they were, "redeem" before a nonce is redeemed, and "redeemed" when it was.</summary>
internal sealed class AnnouncingLedger(IUsageLedger ledger, Announcer announcer) : IUsageLedger, IAsyncDisposable
{
    public async ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        announcer.Say("redeem");
        bool redeemed = await ledger.RedeemAsync(key, keepUntil, cancellationToken);
        if (redeemed)
        {
            announcer.Say("redeemed");
        }

        return redeemed;
    }

    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => ledger.ReleaseAsync(key, cancellationToken);

    public async ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        announcer.Say($"ask {units}");
        UnitReservation reservation = await ledger.ReserveAsync(key, units, limit, keepUntil, cancellationToken);
        announcer.Say($"got {reservation.Granted}");
        return reservation;
    }

    public ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default) =>
        ledger.ReturnAsync(key, units, cancellationToken);

    public ValueTask<long> AdvanceAsync(
        PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        ledger.AdvanceAsync(key, index, keepUntil, cancellationToken);

    public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        ledger.ObserveAsync(now, cancellationToken);

    public ValueTask DisposeAsync() => ledger is IAsyncDisposable disposable ? disposable.DisposeAsync() : default;
}
