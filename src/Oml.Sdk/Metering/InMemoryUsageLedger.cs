using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>A usage ledger in this process's memory: exact, fast, and forgotten when the process ends.</summary>
/// <remarks>
/// A permission can be used again after a restart and once in each process. Use it for tests, for permissions that live no
/// longer than the process, and where another party meters. Thread-safe. Entries are dropped once their time is over.
/// </remarks>
public sealed class InMemoryUsageLedger : IUsageLedger
{
    /// <summary>
    /// How much longer an entry is kept than until its permission has ended: a clock may be set back by the grace, in which the permission
    /// holds again, and must find that it was used.
    /// </summary>
    internal static readonly TimeSpan KeptLonger = 2 * OmlModelCore.ClockGrace;

    private const int SweepEvery = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<PermissionKey, Entry> _entries = [];
    private readonly TimeProvider _time;
    private int _untilSweep = SweepEvery;
    private readonly DateTimeOffset _start;
    private readonly long _startTimestamp;
    private long _lastSeen = long.MinValue;

    /// <summary>Creates an empty ledger.</summary>
    /// <param name="timeProvider">The clock by which entries are dropped; the system's when null.</param>
    public InMemoryUsageLedger(TimeProvider? timeProvider = null)
    {
        _time = timeProvider ?? TimeProvider.System;
        _start = _time.GetUtcNow();
        _startTimestamp = _time.GetTimestamp();
    }

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (FindOrAdd(key, keepUntil) is not { Redeemed: false } entry)
            {
                return new(false);
            }

            entry.Redeemed = true;
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out Entry? entry))
            {
                entry.Redeemed = false;
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (FindOrAdd(key, keepUntil) is not { } entry)
            {
                return default;
            }

            long free = Math.Max(0, limit - entry.Reserved);
            long granted = Math.Min(units, free);
            entry.Reserved += granted;
            return new(new UnitReservation(granted, free - granted));
        }
    }

    /// <inheritdoc/>
    public ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            // An entry that is gone belonged to a permission that has ended: nothing can be reserved under it any more.
            if (_entries.TryGetValue(key, out Entry? entry))
            {
                if (units > entry.Reserved)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(units), units, $"Only {entry.Reserved} units are reserved under this permission.");
                }

                entry.Reserved -= units;
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<long> AdvanceAsync(
        PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (FindOrAdd(key, keepUntil) is not { } entry)
            {
                return new(index);
            }

            long before = entry.ChainIndex;
            entry.ChainIndex = Math.Max(before, index);
            return new(before);
        }
    }

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _lastSeen = Math.Max(_lastSeen, now.ToUnixTimeMilliseconds());
            return new(DateTimeOffset.FromUnixTimeMilliseconds(_lastSeen));
        }
    }

    // Null once the permission's time is over by this ledger's clock: its entry may be gone already, and a new one would start
    // its quota afresh. A caller whose clock is behind gets nothing rather than everything once more.
    private Entry? FindOrAdd(PermissionKey key, DateTimeOffset keepUntil)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (--_untilSweep == 0)
        {
            // By the clock that is behind, the wall clock or the steady one: a wall clock that is set forward and back again must not
            // make the ledger forget what can be presented again.
            DateTimeOffset steady = _start + _time.GetElapsedTime(_startTimestamp);
            DateTimeOffset certain = steady < now ? steady : now;
            _lastSeen = Math.Max(_lastSeen, certain.ToUnixTimeMilliseconds());
            Sweep(certain - KeptLonger);
        }

        if (keepUntil < now)
        {
            return null;
        }

        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            _entries.Add(key, entry = new Entry());
        }

        if (keepUntil > entry.KeepUntil)
        {
            entry.KeepUntil = keepUntil;
        }

        return entry;
    }

    // The next sweep comes after as many steps as there are entries left, so a step costs O(1) on average.
    private void Sweep(DateTimeOffset now)
    {
        foreach ((PermissionKey key, Entry entry) in _entries)
        {
            if (entry.KeepUntil < now)
            {
                _entries.Remove(key);
            }
        }

        _untilSweep = Math.Max(SweepEvery, _entries.Count);
    }

    private sealed class Entry
    {
        public bool Redeemed { get; set; }

        public long Reserved { get; set; }

        public long ChainIndex { get; set; }

        public DateTimeOffset KeepUntil { get; set; } = DateTimeOffset.MinValue;
    }
}
