namespace Oml.Sdk.Testing;

/// <summary>A wall clock that can be set, and a steady clock beside it that only goes on.</summary>
internal sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _wall = start;
    private TimeSpan _steady;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass on both.</summary>
    public void Pass(TimeSpan time)
    {
        lock (_lock)
        {
            _wall += time;
            _steady += time;
        }
    }

    /// <summary>Sets the wall clock alone.</summary>
    public void SetWall(DateTimeOffset wall)
    {
        lock (_lock)
        {
            _wall = wall;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _wall;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _steady.Ticks;
        }
    }
}
