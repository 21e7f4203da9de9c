using System.Collections.Immutable;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Permissions;

/// <summary>The claims as they are read, one after another.</summary>
internal sealed class PermissionClaims
{
    public string? Issuer { get; set; }

    public string? Licensee { get; set; }

    public string? Audience { get; set; }

    public long? ExpiresAt { get; set; }

    public long? NotBefore { get; set; }

    public long? IssuedAt { get; set; }

    public PermissionNonce? Nonce { get; set; }

    public ModelId? Model { get; set; }

    public ImmutableArray<string> Scopes { get; set; } = [];

    public long? Quota { get; set; }

    public MeteringUnit Unit { get; set; } = MeteringUnit.Call;

    public PermissionUse Use { get; set; } = PermissionUse.SingleSession;

    public ulong? FingerprintId { get; set; }

    public IssuerPublicKey? ConfirmationKey { get; set; }

    public RateLimit? Rate { get; set; }

    public PermitChainAnchor? PermitChain { get; set; }

    public OutputPolicy? OutputPolicy { get; set; }

    public InputDigest? InputDigest { get; set; }

    public byte[]? WrappedContentKey { get; set; }

    public StatusReference? Status { get; set; }

    public ImmutableArray<string> Features { get; set; } = [];

    public bool IsTrial { get; set; }

    public long GraceSeconds { get; set; }

    /// <summary>The parent's token.</summary>
    public ReadOnlyMemory<byte>? Delegation { get; set; }

    /// <summary>The first claim that this version cannot enforce, described for a person; null if there is none.</summary>
    public string? Unsupported { get; set; }

    /// <summary>The permission.</summary>
    /// <exception cref="MalformedTokenException">A required claim is missing, or some contradict each other.</exception>
    public Permission ToPermission(Permission? parent = null)
    {
        Permission permission = new()
        {
            Issuer = Required(Issuer, PermissionClaim.Issuer),
            Licensee = Required(Licensee, PermissionClaim.Subject),
            Audience = Audience,
            Model = Required(Model, PermissionClaim.Model),
            IssuedAt = Time(Required(IssuedAt, PermissionClaim.IssuedAt)),
            NotBefore = NotBefore is { } notBefore ? Time(notBefore) : null,
            ExpiresAt = Time(Required(ExpiresAt, PermissionClaim.ExpirationTime)),
            Nonce = Required(Nonce, PermissionClaim.CwtId),
            Scopes = Scopes,
            Quota = Quota,
            Unit = Unit,
            Use = Use,
            FingerprintId = Required(FingerprintId, PermissionClaim.FingerprintId),
            ConfirmationKey = ConfirmationKey,
            Rate = Rate,
            Parent = parent,
            PermitChain = PermitChain,
            OutputPolicy = OutputPolicy,
            InputDigest = InputDigest,
            Status = Status,
            Features = Features,
            IsTrial = IsTrial,
            Grace = TimeSpan.FromSeconds(GraceSeconds),
            WrappedContentKey = WrappedContentKey is null ? null : (ReadOnlyMemory<byte>?)WrappedContentKey,
        };
        if (permission is { PermitChain: not null, Quota: not null })
        {
            throw new MalformedTokenException("it has a quota and a permit chain, which are two ways to count its units");
        }

        return permission.ExpiresAt > permission.IssuedAt && !(permission.NotBefore >= permission.ExpiresAt)
            ? permission
            : throw new MalformedTokenException("it ends before it starts");
    }

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static T Required<T>(T? claim, long label)
        where T : class => claim ?? throw Missing(label);

    private static T Required<T>(T? claim, long label)
        where T : struct => claim ?? throw Missing(label);

    private static MalformedTokenException Missing(long label) => new($"it lacks the claim {PermissionClaim.Describe(label)}");
}
