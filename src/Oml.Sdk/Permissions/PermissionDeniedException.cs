namespace Oml.Sdk.Permissions;

/// <summary>A use was refused. The model did not run.</summary>
public sealed class PermissionDeniedException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">What a person can do about it.</param>
    public PermissionDeniedException(DenialReason reason, string message)
        : base(message) => Reason = reason;

    /// <summary>Why the use was refused.</summary>
    public DenialReason Reason { get; }

    /// <summary>After which time the same use may be permitted, when waiting helps; else null.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
