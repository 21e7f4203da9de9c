using System.Globalization;

namespace Oml.Sdk.Permissions;

/// <summary>The labels of the claims (docs/spec/permission.md §5). They are fixed for good and never reused.</summary>
internal static class PermissionClaim
{
    // RFC 8392 §4.
    public const long Issuer = 1;
    public const long Subject = 2;
    public const long Audience = 3;
    public const long ExpirationTime = 4;
    public const long NotBefore = 5;
    public const long IssuedAt = 6;
    public const long CwtId = 7;

    // RFC 8747 §3.1.
    public const long Confirmation = 8;

    // Private use: RFC 8392 §9.1.1 leaves everything below -65536 to applications.
    public const long Model = -65537;
    public const long Scopes = -65538;
    public const long Quota = -65539;
    public const long Unit = -65540;
    public const long Use = -65541;
    public const long FingerprintId = -65542;
    public const long Rate = -65543;
    public const long OutputPolicy = -65544;
    public const long InputDigest = -65545;
    public const long PermitChain = -65546;
    public const long WrappedContentKey = -65547;
    public const long WrappedCarrierKey = -65548;
    public const long Status = -65549;
    public const long Features = -65550;
    public const long Delegation = -65551;

    // -65552 and -65553 are left free for good: vectors of the specification use them as claims that no version knows.
    public const long Trial = -65554;
    public const long Grace = -65555;

    /// <summary>What a person reads for a label: the name, if it has one, and the number.</summary>
    public static string Describe(Int128 label)
    {
        string? name = label >= long.MinValue && label <= long.MaxValue ? NameOf((long)label) : null;
        string number = label.ToString(CultureInfo.InvariantCulture);
        return name is null ? number : $"{name} ({number})";
    }

    private static string? NameOf(long label) => label switch
    {
        Issuer => "iss",
        Subject => "sub",
        Audience => "aud",
        ExpirationTime => "exp",
        NotBefore => "nbf",
        IssuedAt => "iat",
        CwtId => "cti",
        Confirmation => "cnf",
        Model => "model",
        Scopes => "scopes",
        Quota => "quota",
        Unit => "unit",
        Use => "use",
        FingerprintId => "fingerprint-id",
        Rate => "rate",
        OutputPolicy => "output-policy",
        InputDigest => "input-digest",
        PermitChain => "permit-chain",
        WrappedContentKey => "wrapped-content-key",
        WrappedCarrierKey => "wrapped-carrier-key",
        Status => "status",
        Features => "features",
        Delegation => "delegation",
        Trial => "trial",
        Grace => "grace",
        _ => null,
    };
}
