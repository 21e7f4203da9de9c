namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>The system's clock, set ahead.</summary>
internal sealed class AheadClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
