using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Oml.Sdk.Permissions;

/// <summary>Reads the public keys of issuers and decides which ones are good enough.</summary>
internal static class IssuerKeyReader
{
    public const int MinRsaBits = 2048;
    public const int MaxRsaBits = 8192;

    // An RSA key of 8192 bits is 1.1 kB long: what is longer is refused before anything is computed with it.
    private const int MaxSubjectPublicKeyInfoBytes = 2048;
    private const string EcPublicKeyOid = "1.2.840.10045.2.1";
    private const string RsaEncryptionOid = "1.2.840.113549.1.1.1";
    private const string P256Oid = "1.2.840.10045.3.1.7";
    private const string P384Oid = "1.3.132.0.34";

    public static IssuerPublicKey ReadPublic(ReadOnlySpan<byte> spki)
    {
        if (spki.Length > MaxSubjectPublicKeyInfoBytes)
        {
            throw new CryptographicException($"The public key is {spki.Length} bytes long; the limit is {MaxSubjectPublicKeyInfoBytes}.");
        }

        PublicKey parsed = PublicKey.CreateFromSubjectPublicKeyInfo(spki, out int read);
        if (read != spki.Length)
        {
            throw new CryptographicException($"The public key is followed by {spki.Length - read} bytes that do not belong to it.");
        }

        return parsed.Oid.Value switch
        {
            EcPublicKeyOid => ReadEc(spki),
            RsaEncryptionOid => ReadRsa(spki),
            _ => throw new CryptographicException("The public key is neither an elliptic-curve key nor an RSA key."),
        };
    }

    private static IssuerPublicKey ReadEc(ReadOnlySpan<byte> spki)
    {
        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out _);
        }
        catch (PlatformNotSupportedException error)
        {
            // What the platform says of curves that it has never heard of.
            throw new CryptographicException("The curve of the key is neither P-256 nor P-384.", error);
        }

        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        (PermissionAlgorithm algorithm, int coseCurve) = (parameters.Curve.IsNamed ? parameters.Curve.Oid.Value : null) switch
        {
            P256Oid => (PermissionAlgorithm.ES256, 1),
            P384Oid => (PermissionAlgorithm.ES384, 2),
            _ => throw new CryptographicException("The curve of the key is neither P-256 nor P-384."),
        };
        KeyThumbprint thumbprint = KeyThumbprint.Compute(parameters, coseCurve);
        return new(key.ExportSubjectPublicKeyInfo(), algorithm, thumbprint, signatureBytes: 2 * parameters.Q.X!.Length);
    }

    private static IssuerPublicKey ReadRsa(ReadOnlySpan<byte> spki)
    {
        using RSA key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        if (key.KeySize is < MinRsaBits or > MaxRsaBits)
        {
            throw new CryptographicException($"The RSA key has {key.KeySize} bits; use {MinRsaBits} to {MaxRsaBits}.");
        }

        RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
        ReadOnlySpan<byte> exponent = parameters.Exponent;
        bool isGood = exponent.Length is 3 or 4 && (exponent.Length == 4 || exponent[0] >= 1) && (exponent[^1] & 1) == 1;
        if (!isGood)
        {
            throw new CryptographicException("The RSA key's public exponent must be odd and 65537 to 2^32 - 1.");
        }

        return new(key.ExportSubjectPublicKeyInfo(), PermissionAlgorithm.PS256, KeyThumbprint.Compute(parameters), (key.KeySize + 7) / 8);
    }
}
