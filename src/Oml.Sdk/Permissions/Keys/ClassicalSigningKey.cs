using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>A private key of an elliptic curve or of RSA, which it owns.</summary>
internal sealed class ClassicalSigningKey(AsymmetricAlgorithm key) : SigningKey
{
    public override byte[] ExportSubjectPublicKeyInfo() => key.ExportSubjectPublicKeyInfo();

    public override byte[] ExportPkcs8PrivateKey() => key.ExportPkcs8PrivateKey();

    public override string ExportEncryptedPkcs8PrivateKeyPem(ReadOnlySpan<char> password, PbeParameters encryption) =>
        key.ExportEncryptedPkcs8PrivateKeyPem(password, encryption);

    public override byte[] Sign(ReadOnlySpan<byte> data, PermissionAlgorithm algorithm) => key is RSA rsa
        ? rsa.SignData(data, SigningHash.Of(algorithm), RSASignaturePadding.Pss)
        : ((ECDsa)key).SignData(data, SigningHash.Of(algorithm), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public override void Dispose() => key.Dispose();
}
