using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>The hash of each algorithm.</summary>
internal static class SigningHash
{
    public static HashAlgorithmName Of(PermissionAlgorithm algorithm) =>
        algorithm == PermissionAlgorithm.ES384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
}
