using System.Collections.Immutable;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Permissions;

/// <summary>The claims of a verified permission (docs/spec/permission.md). Immutable and thread-safe.</summary>
public sealed class Permission
{
    /// <summary>Who signed it: the name that the application trusts the issuer by.</summary>
    public required string Issuer { get; init; }

    /// <summary>Who may use the model.</summary>
    public required string Licensee { get; init; }

    /// <summary>The application that it is for, or null for any.</summary>
    public string? Audience { get; init; }

    /// <summary>The model that it is for.</summary>
    public required ModelId Model { get; init; }

    /// <summary>When it was signed. A whole second.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it starts to hold, or null for at once. A whole second.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When it ends. A whole second.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The 16 random bytes that make it unique among its issuer's permissions.</summary>
    public required PermissionNonce Nonce { get; init; }

    /// <summary>What it allows, in the application's words. May be empty.</summary>
    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>How many units it is good for, or null for any number until it ends.</summary>
    public long? Quota { get; init; }

    /// <summary>What one unit is.</summary>
    public MeteringUnit Unit { get; init; } = MeteringUnit.Call;

    /// <summary>How often it can be presented.</summary>
    public PermissionUse Use { get; init; } = PermissionUse.SingleSession;

    /// <summary>The licensee's number at the publisher, which the output fingerprint carries.</summary>
    public required ulong FingerprintId { get; init; }

    /// <summary>The licensee's key that whoever presents it must prove to hold, or null when whoever has it may use it.</summary>
    public IssuerPublicKey? ConfirmationKey { get; init; }

    /// <summary>How fast its units may be used, or null for as fast as it goes.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>
    /// The permit chain whose preimages pay for its units (<see cref="OmlSession.PayAsync"/>), or null when none do. It has no
    /// <see cref="Quota"/> then.
    /// </summary>
    public PermitChainAnchor? PermitChain { get; init; }

    /// <summary>How much of the outputs it lets through, or null for all of them as they are.</summary>
    public OutputPolicy? OutputPolicy { get; init; }

    /// <summary>The only input that it is good for, or null for any.</summary>
    public InputDigest? InputDigest { get; init; }

    /// <summary>
    /// The content key of the sealed model, wrapped for the licensee's key, 113 bytes (<see cref="Sealing.ContentKey.WrappedSize"/>);
    /// or null when the permission carries none. It is no secret to anybody but the holder of that key.
    /// </summary>
    public ReadOnlyMemory<byte>? WrappedContentKey { get; init; }

    /// <summary>
    /// The permission that its licensee delegated it from, or null when it is a publisher's own. What it uses is booked under both.
    /// </summary>
    public Permission? Parent { get; init; }

    /// <summary>Where its status is found, or null when it cannot be revoked before it ends.</summary>
    public StatusReference? Status { get; init; }

    /// <summary>What of the application it switches on, in the application's words. May be empty. The application reads it; nothing else does.</summary>
    public ImmutableArray<string> Features { get; init; } = [];

    /// <summary>Whether it is for trying out. The application reads it, e.g. to say so on its screen; nothing else does.</summary>
    public bool IsTrial { get; init; }

    /// <summary>How long after <see cref="ExpiresAt"/> it may still be used, 0 to 30 days: <see cref="OmlSession.IsInGrace"/> is true then.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>When its use ends: <see cref="ExpiresAt"/> and <see cref="Grace"/>.</summary>
    public DateTimeOffset EndsAt => ExpiresAt < DateTimeOffset.MaxValue - Grace ? ExpiresAt + Grace : DateTimeOffset.MaxValue;

    /// <summary>What usage is booked under.</summary>
    public PermissionKey Key => new(Issuer, Nonce);
}
