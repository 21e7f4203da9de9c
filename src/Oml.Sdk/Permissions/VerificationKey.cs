using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions;

/// <summary>A public key of the platform, bound to one algorithm. For one thread at a time.</summary>
internal sealed class VerificationKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private VerificationKey(AsymmetricAlgorithm key, CoseKey coseKey)
    {
        _key = key;
        CoseKey = coseKey;
    }

    /// <summary>The key with its hash and padding: verification with it refuses every other algorithm.</summary>
    public CoseKey CoseKey { get; }

    public static VerificationKey Create(ReadOnlySpan<byte> subjectPublicKeyInfo, PermissionAlgorithm algorithm)
    {
        if (algorithm == PermissionAlgorithm.PS256)
        {
            RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
            return new(rsa, new CoseKey(rsa, RSASignaturePadding.Pss, HashAlgorithmName.SHA256));
        }

        ECDsa ec = ECDsa.Create();
        ec.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return new(ec, new CoseKey(ec, SigningHash.Of(algorithm)));
    }

    public void Dispose() => _key.Dispose();
}
