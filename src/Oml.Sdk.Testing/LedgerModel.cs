using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Testing;

/// <summary>What a usage ledger must answer, as simply as it can be written: for one thread, and nothing ends.</summary>
internal sealed class LedgerModel
{
    private readonly HashSet<PermissionKey> _redeemed = [];
    private readonly Dictionary<PermissionKey, long> _reserved = [];
    private readonly Dictionary<PermissionKey, long> _chains = [];
    private DateTimeOffset _latest = DateTimeOffset.UnixEpoch;

    public long Reserved(PermissionKey key) => _reserved.GetValueOrDefault(key);

    public bool Redeem(PermissionKey key) => _redeemed.Add(key);

    public void Release(PermissionKey key) => _redeemed.Remove(key);

    public UnitReservation Reserve(PermissionKey key, long units, long limit)
    {
        long granted = Math.Clamp(limit - Reserved(key), 0, units);
        _reserved[key] = Reserved(key) + granted;
        return new UnitReservation(granted, Math.Max(0, limit - Reserved(key)));
    }

    public void Return(PermissionKey key, long units) => _reserved[key] -= units;

    public long Advance(PermissionKey key, long index)
    {
        long before = _chains.GetValueOrDefault(key);
        _chains[key] = Math.Max(before, index);
        return before;
    }

    public DateTimeOffset Observe(DateTimeOffset now) => _latest = now > _latest ? now : _latest;
}
