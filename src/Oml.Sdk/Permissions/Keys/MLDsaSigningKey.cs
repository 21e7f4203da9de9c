// The platform's ML-DSA is final, except for the methods that read and write standard structures.
#pragma warning disable SYSLIB5006
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>A private key of ML-DSA, which it owns. It signs without a context (RFC 9964 §4).</summary>
internal sealed class MLDsaSigningKey(MLDsa key) : SigningKey
{
    public override byte[] ExportSubjectPublicKeyInfo() => key.ExportSubjectPublicKeyInfo();

    public override byte[] ExportPkcs8PrivateKey() => key.ExportPkcs8PrivateKey();

    public override string ExportEncryptedPkcs8PrivateKeyPem(ReadOnlySpan<char> password, PbeParameters encryption) =>
        key.ExportEncryptedPkcs8PrivateKeyPem(password, encryption);

    public override byte[] Sign(ReadOnlySpan<byte> data, PermissionAlgorithm algorithm)
    {
        byte[] signature = new byte[key.Algorithm.SignatureSizeInBytes];
        key.SignData(data, signature);
        return signature;
    }

    public override void Dispose() => key.Dispose();
}
