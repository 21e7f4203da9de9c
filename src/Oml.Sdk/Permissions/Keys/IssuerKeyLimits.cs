namespace Oml.Sdk.Permissions;

/// <summary>The bounds of keys and of sets of them (docs/spec/keys.md §7).</summary>
internal static class IssuerKeyLimits
{
    /// <summary>A key alone, whatever its form: one of ML-DSA-87 is 2.6 kB, and 3.6 kB as a JWK.</summary>
    public const int MaxKeyBytes = 8192;

    /// <summary>The most members of a COSE_Key: an RSA private key, which must be recognised, has 12.</summary>
    public const int MaxCoseMembers = 16;

    public const int MaxKeyIdBytes = 256;

    /// <summary>How deep a JSON text may nest.</summary>
    public const int MaxJsonDepth = 16;

    public const int MaxOperations = 16;
}
