using System.Collections.Immutable;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Permissions;

/// <summary>What a permission is to say. <see cref="PermissionIssuer.Issue"/> checks and signs it. Immutable.</summary>
/// <remarks>Text is 1 byte to a limit of UTF-8, valid Unicode, without control characters. Times are cut to whole seconds.</remarks>
public sealed class PermissionRequest
{
    /// <summary>Who may use the model, at most 256 bytes of UTF-8.</summary>
    public required string Licensee { get; init; }

    /// <summary>The model.</summary>
    public required ModelId Model { get; init; }

    /// <summary>
    /// How long it holds from now on, at least 1 second; or null, and then <see cref="ExpiresAt"/> says it. A verifier refuses
    /// more than its own limit, <see cref="CosePermissionVerifierOptions.MaxLifetime"/>, which is 400 days unless it is changed.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>When it ends, cut down to the second; or null, and then <see cref="Lifetime"/> says it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it starts to hold, rounded up to the second, before its end; or null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The application that it is for, at most 512 bytes of UTF-8; or null for any.</summary>
    public string? Audience { get; init; }

    /// <summary>What it allows: at most 64 scopes of at most 128 bytes of UTF-8. They are sorted, and repetitions are dropped.</summary>
    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>How many units it is good for, 1 to 2^53; or null for any number until it ends.</summary>
    public long? Quota { get; init; }

    /// <summary>What one unit is.</summary>
    /// <value>The default is <see cref="MeteringUnit.Call"/>.</value>
    public MeteringUnit Unit { get; init; } = MeteringUnit.Call;

    /// <summary>How often it can be presented.</summary>
    /// <value>The default is <see cref="PermissionUse.SingleSession"/>.</value>
    public PermissionUse Use { get; init; } = PermissionUse.SingleSession;

    /// <summary>The licensee's number in the output fingerprint, below 2^63.</summary>
    /// <value>The default is null: <see cref="FingerprintIds.FromLicensee"/> of the licensee.</value>
    public ulong? FingerprintId { get; init; }

    /// <summary>
    /// The licensee's <see cref="PossessionKey.PublicKey"/>, an ES256 key that whoever presents the permission must prove to hold; or null, and
    /// then whoever has the permission may use it.
    /// </summary>
    public IssuerPublicKey? ConfirmationKey { get; init; }

    /// <summary>How fast its units may be used, or null for as fast as it goes.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>
    /// The <see cref="Permissions.PermitChain.Anchor"/> of the chain whose preimages pay for its units, and then there is no
    /// <see cref="Quota"/>; or null when none do. A chain belongs to one permission.
    /// </summary>
    public PermitChainAnchor? PermitChain { get; init; }

    /// <summary>How much of the outputs it lets through, or null for all of them as they are. The model's outputs must be Float32.</summary>
    public OutputPolicy? OutputPolicy { get; init; }

    /// <summary>
    /// The only input that it is good for, <see cref="Permissions.InputDigest.Compute"/> of what the call will bring; or null for any.
    /// </summary>
    public InputDigest? InputDigest { get; init; }

    /// <summary>
    /// The content key of the sealed model, as <see cref="Sealing.ContentKey.WrapFor"/> wraps it for the licensee's key and this
    /// <see cref="Model"/>, exactly 113 bytes; or null to carry none. It is copied when the permission is issued.
    /// </summary>
    public ReadOnlyMemory<byte>? WrappedContentKey { get; init; }

    /// <summary>
    /// The permission's place in a status list, by which it can be revoked; or null, and then it holds until it ends. A place belongs to
    /// one permission. Whoever runs the model must be able to fetch the list.
    /// </summary>
    public StatusReference? Status { get; init; }

    /// <summary>What of the application it switches on: at most 64 names of at most 128 bytes of UTF-8. They are sorted, and repetitions are dropped.</summary>
    public ImmutableArray<string> Features { get; init; } = [];

    /// <summary>Whether it is for trying out.</summary>
    public bool IsTrial { get; init; }

    /// <summary>
    /// How long after its end it may still be used, so that a renewal that is late stops nobody: 0 to 30 days, cut to whole seconds. It
    /// counts as a part of the lifetime where that is limited.
    /// </summary>
    public TimeSpan Grace { get; init; }

    /// <summary>
    /// The nonce, to issue the same permission once more after its bytes were lost; or null for a random one. Two permissions
    /// with one nonce are one permission to a usage ledger: the second is a replay of the first.
    /// </summary>
    public PermissionNonce? Nonce { get; init; }
}
