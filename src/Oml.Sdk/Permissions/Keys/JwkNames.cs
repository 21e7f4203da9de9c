namespace Oml.Sdk.Permissions;

/// <summary>What JOSE calls the algorithms (RFC 7518 §3.1, RFC 9964 §4).</summary>
internal static class JwkNames
{
    public const string MLDsa44 = "ML-DSA-44";
    public const string MLDsa65 = "ML-DSA-65";
    public const string MLDsa87 = "ML-DSA-87";

    public static string Algorithm(PermissionAlgorithm algorithm) => algorithm switch
    {
        PermissionAlgorithm.ES256 => "ES256",
        PermissionAlgorithm.ES384 => "ES384",
        PermissionAlgorithm.MLDsa44 => MLDsa44,
        PermissionAlgorithm.MLDsa65 => MLDsa65,
        PermissionAlgorithm.MLDsa87 => MLDsa87,
        _ => "PS256",
    };
}
