namespace Oml.Sdk.Permissions;

/// <summary>What JOSE calls the algorithms (RFC 7518 §3.1, RFC 9964 §4).</summary>
internal static class JwkNames
{
    public static string Algorithm(PermissionAlgorithm algorithm) => algorithm switch
    {
        PermissionAlgorithm.ES256 => "ES256",
        PermissionAlgorithm.ES384 => "ES384",
        _ => "PS256",
    };
}
