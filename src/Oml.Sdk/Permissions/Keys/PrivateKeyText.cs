using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>What is said of a private key where a public one belongs. Nothing of the key.</summary>
internal static class PrivateKeyText
{
    public static CryptographicException Refusal(string form) => new(
        $"That is a private key: the {form} has secret members, which verifiers must not be given. Give the public key, and if others " +
        "could read this one, replace it.");
}
