namespace Oml.Sdk.Permissions;

/// <summary>How a permission is signed. The numbers are those of the IANA COSE Algorithms registry.</summary>
/// <remarks>A trusted key has exactly one algorithm; a token cannot choose another (docs/spec/permission.md).</remarks>
public enum PermissionAlgorithm
{
    /// <summary>ECDSA over P-256 with SHA-256 (RFC 9053 §2.1): 64-byte signatures. The default.</summary>
    ES256 = -7,

    /// <summary>ECDSA over P-384 with SHA-384 (RFC 9053 §2.1): 96-byte signatures.</summary>
    ES384 = -35,

    /// <summary>RSASSA-PSS with SHA-256 and a 32-byte salt (RFC 8230 §2), for moduli of 2048 to 8192 bits.</summary>
    PS256 = -37,

    /// <summary>
    /// ML-DSA-44 (FIPS 204, RFC 9964), which quantum computers do not break: 2,420-byte signatures. Where the platform has it, see
    /// <see cref="PermissionIssuer.IsSupported"/>.
    /// </summary>
    MLDsa44 = -48,

    /// <summary>ML-DSA-65 (FIPS 204, RFC 9964): 3,309-byte signatures. Where the platform has it.</summary>
    MLDsa65 = -49,

    /// <summary>ML-DSA-87 (FIPS 204, RFC 9964): 4,627-byte signatures. Where the platform has it.</summary>
    MLDsa87 = -50,
}
