// The platform marks ML-DSA in COSE as experimental: it may be renamed, and then this file does not compile.
#pragma warning disable SYSLIB5006
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions;

/// <summary>A public key of the platform, bound to one algorithm. For one thread at a time.</summary>
internal sealed class VerificationKey : IDisposable
{
    private VerificationKey(IDisposable platformKey, CoseKey coseKey)
    {
        PlatformKey = platformKey;
        CoseKey = coseKey;
    }

    /// <summary>The key of the platform that <see cref="CoseKey"/> verifies with, for tests of vectors that are no COSE.</summary>
    public IDisposable PlatformKey { get; }

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

        if (MLDsaKeys.Is(algorithm))
        {
            MLDsa mlDsa = MLDsaKeys.Import(subjectPublicKeyInfo);
            return new(mlDsa, new CoseKey(mlDsa));
        }

        ECDsa ec = ECDsa.Create();
        ec.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return new(ec, new CoseKey(ec, SigningHash.Of(algorithm)));
    }

    public void Dispose() => PlatformKey.Dispose();
}
