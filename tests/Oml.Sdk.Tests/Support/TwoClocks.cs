namespace Oml.Sdk.Tests.Support;

/// <summary>A wall clock that is kept where it is while the steady clock runs on, as an attacker would.</summary>
internal sealed class TwoClocks : TimeProvider
{
    public DateTimeOffset Wall { get; set; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public TimeSpan Steady { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Wall;

    public override long GetTimestamp() => Steady.Ticks;
}
