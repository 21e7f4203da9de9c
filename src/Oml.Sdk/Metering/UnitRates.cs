using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>The buckets of the permissions that have a rate limit: closing a session and opening another does not fill one.</summary>
internal sealed class UnitRates(TimeProvider time)
{
    private const int SweepAt = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<PermissionKey, Entry> _entries = [];
    private int _sweepAt = SweepAt;

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

    /// <summary>The bucket of a permission, which its caller releases.</summary>
    public UnitRate Acquire(PermissionKey key, RateLimit limit)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out Entry? entry))
            {
                if (_entries.Count >= _sweepAt)
                {
                    Sweep();
                }

                _entries.Add(key, entry = new Entry(new UnitRate(limit, time)));
            }

            entry.Users++;
            return entry.Rate;
        }
    }

    public void Release(PermissionKey key)
    {
        lock (_lock)
        {
            Entry entry = _entries[key];
            if (--entry.Users == 0 && entry.Rate.IsFull)
            {
                _entries.Remove(key);
            }
        }
    }

    // A bucket that is full and that nobody uses is as good as a new one.
    private void Sweep()
    {
        foreach ((PermissionKey key, Entry entry) in _entries)
        {
            if (entry.Users == 0 && entry.Rate.IsFull)
            {
                _entries.Remove(key);
            }
        }

        _sweepAt = Math.Max(SweepAt, 2 * _entries.Count);
    }

    private sealed class Entry(UnitRate rate)
    {
        public UnitRate Rate { get; } = rate;

        public int Users { get; set; }
    }
}
