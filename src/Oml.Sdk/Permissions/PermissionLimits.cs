namespace Oml.Sdk.Permissions;

/// <summary>The bounds that a permission keeps (docs/spec/permission.md §6). Lengths of text are in UTF-8 bytes.</summary>
internal static class PermissionLimits
{
    public const int MaxIssuerBytes = 512;
    public const int MaxLicenseeBytes = 256;
    public const int MaxAudienceBytes = 512;
    public const int MaxClaims = 64;
    public const int MaxScopes = 64;
    public const int MaxScopeBytes = 128;

    /// <summary>2^53: the largest count that every JSON tool on the way keeps exactly.</summary>
    public const long MaxQuota = 1L << 53;
    public const int MaxFeatures = 64;
    public const int MaxFeatureBytes = 128;
    public const int MaxGraceSeconds = 30 * 24 * 60 * 60;

    /// <summary>What HPKE makes of a content key of 32 bytes: a point of 65, the key, a tag of 16.</summary>
    public const int WrappedContentKeyBytes = 113;

    public const ulong MaxFingerprintId = long.MaxValue;

    /// <summary>9999-12-31T23:59:59Z, the last second that <see cref="DateTimeOffset"/> has.</summary>
    public const long MaxUnixSeconds = 253402300799;

    /// <summary>How deep a claim that is only skipped may nest.</summary>
    public const int MaxSkippedDepth = 8;
}
