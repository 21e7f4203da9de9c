namespace Oml.Sdk.Tests.Support;

/// <summary>A wall clock that somebody sets; the steady clock runs on.</summary>
internal sealed class WrongClock : TimeProvider
{
    /// <summary>How far it is ahead of the right time.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
