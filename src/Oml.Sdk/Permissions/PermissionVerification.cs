using System.Diagnostics.CodeAnalysis;

namespace Oml.Sdk.Permissions;

/// <summary>What a verifier found: a permission, or the reason why there is none. Immutable and thread-safe.</summary>
public sealed class PermissionVerification
{
    private PermissionVerification(Permission? permission, DenialReason reason, string message)
    {
        Permission = permission;
        Reason = reason;
        Message = message;
    }

    /// <summary>Whether the token permits the use.</summary>
    [MemberNotNullWhen(true, nameof(Permission))]
    public bool IsPermitted => Permission is not null;

    /// <summary>The permission, or null when it was refused.</summary>
    public Permission? Permission { get; }

    /// <summary>Why it was refused; <see cref="DenialReason.None"/> when it was not.</summary>
    public DenialReason Reason { get; }

    /// <summary>What a person can do about the refusal; empty when there is none. Never contains a key or the token.</summary>
    public string Message { get; }

    /// <summary>A permission that holds.</summary>
    /// <param name="permission">The permission.</param>
    /// <returns>The result.</returns>
    public static PermissionVerification Permitted(Permission permission)
    {
        ArgumentNullException.ThrowIfNull(permission);
        return new(permission, DenialReason.None, string.Empty);
    }

    /// <summary>A refusal.</summary>
    /// <param name="reason">The reason; not <see cref="DenialReason.None"/>.</param>
    /// <param name="message">What a person can do about it.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is <see cref="DenialReason.None"/>, or there is no message.</exception>
    public static PermissionVerification Denied(DenialReason reason, string message)
    {
        ArgumentException.ThrowIfNullOrEmpty(message);
        return reason == DenialReason.None
            ? throw new ArgumentException("A refusal needs a reason.", nameof(reason))
            : new(null, reason, message);
    }
}
