using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>The bucket of a rate limit, kept as one number: when it will be full again.</summary>
/// <remarks>Taking units is one compare-and-swap on the steady clock's reading. Thread-safe.</remarks>
internal sealed class UnitRate
{
    private readonly TimeProvider _time;
    private readonly long _units;

    // Rounded up, and the bucket with it, so that the limit is never exceeded and a full bucket holds exactly its units.
    private readonly long _ticksPerUnit;
    private readonly long _capacity;
    private long _fullAt;

    public UnitRate(RateLimit limit, TimeProvider time)
    {
        _time = time;
        _units = limit.Units;
        Int128 period = (Int128)limit.Seconds * time.TimestampFrequency;
        _ticksPerUnit = (long)((period + limit.Units - 1) / limit.Units);
        _capacity = _ticksPerUnit * limit.Units;
        _fullAt = time.GetTimestamp();
    }

    public bool IsFull => _time.GetTimestamp() >= Volatile.Read(ref _fullAt);

    /// <summary>Takes units if the bucket holds that many.</summary>
    /// <param name="units">How many.</param>
    /// <param name="wait">When it will hold them, if nobody else takes any; the largest span when it never will.</param>
    /// <param name="taken">What <see cref="GiveBack"/> wants; 0 when nothing was taken.</param>
    public bool TryTake(long units, out TimeSpan wait, out long taken)
    {
        wait = TimeSpan.MaxValue;
        taken = 0;
        if (units > _units)
        {
            return false;
        }

        long fullAt = Volatile.Read(ref _fullAt);
        while (true)
        {
            long now = _time.GetTimestamp();
            long next = Math.Max(fullAt, now) + (units * _ticksPerUnit);
            long excess = next - now - _capacity;
            if (excess > 0)
            {
                wait = TimeSpan.FromTicks((long)Math.Ceiling((double)excess * TimeSpan.TicksPerSecond / _time.TimestampFrequency));
                return false;
            }

            long seen = Interlocked.CompareExchange(ref _fullAt, next, fullAt);
            if (seen == fullAt)
            {
                wait = TimeSpan.Zero;
                taken = now + (units * _ticksPerUnit);
                return true;
            }

            fullAt = seen;
        }
    }

    /// <summary>Gives units back that were taken for a call that delivered nothing, less those that have come back by themselves since.</summary>
    /// <param name="taken">What <see cref="TryTake"/> said: when all of them will have come back by themselves.</param>
    /// <remarks>The bucket may have been full for a part of that time, and others may have taken from it what came back.</remarks>
    public void GiveBack(long taken)
    {
        long missing = taken - _time.GetTimestamp();
        if (missing > 0)
        {
            Interlocked.Add(ref _fullAt, -missing);
        }
    }
}
