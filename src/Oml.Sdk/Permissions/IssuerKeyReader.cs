using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Oml.Sdk.Permissions;

/// <summary>Reads the public keys of issuers and decides which ones are good enough.</summary>
internal static class IssuerKeyReader
{
    public const int MinRsaBits = 2048;
    public const int MaxRsaBits = 8192;

    // An RSA key of 8192 bits is 1.1 kB long, one of ML-DSA-87 2.6 kB: what is longer is refused before anything is computed with it.
    private const int MaxSubjectPublicKeyInfoBytes = 4096;
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
            { } oid when MLDsaKeys.Find(oid) is { } algorithm => MLDsaKeys.ReadPublic(spki, algorithm),
            _ => throw new UnsupportedKeyException("The public key is neither an elliptic-curve key nor one of RSA or ML-DSA."),
        };
    }

    /// <summary>The key of a point.</summary>
    /// <param name="algorithm">ES256 or ES384, which fixes the curve.</param>
    /// <param name="x">At full length.</param>
    /// <param name="y">At full length.</param>
    public static IssuerPublicKey FromPoint(PermissionAlgorithm algorithm, byte[] x, byte[] y)
    {
        (ECCurve curve, int size) = algorithm == PermissionAlgorithm.ES384
            ? (ECCurve.NamedCurves.nistP384, 48)
            : (ECCurve.NamedCurves.nistP256, 32);
        if (x.Length != size || y.Length != size)
        {
            throw new CryptographicException($"The coordinates of an {algorithm} key are {size} bytes each; got {x.Length} and {y.Length}.");
        }

        using ECDsa key = ECDsa.Create(new ECParameters { Curve = curve, Q = new() { X = x, Y = y } });
        return ReadEc(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The key of a modulus and an exponent, both without leading zeros.</summary>
    public static IssuerPublicKey FromModulus(byte[] modulus, byte[] exponent)
    {
        if (modulus.Length is 0 or > MaxRsaBits / 8 || exponent.Length is 0 or > sizeof(ulong))
        {
            throw new CryptographicException(
                $"The modulus of an RSA key is at most {MaxRsaBits / 8} bytes and its exponent 3 or 4; got {modulus.Length} and {exponent.Length}.");
        }

        if (modulus[0] == 0 || exponent[0] == 0)
        {
            throw new CryptographicException("The RSA key has a number that starts with a byte 0.");
        }

        using RSA key = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return ReadRsa(key.ExportSubjectPublicKeyInfo());
    }

    public static ECPoint ToPoint(IssuerPublicKey key)
    {
        using ECDsa ec = ECDsa.Create();
        ec.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), out _);
        return ec.ExportParameters(includePrivateParameters: false).Q;
    }

    public static RSAParameters ToModulus(IssuerPublicKey key)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), out _);
        return rsa.ExportParameters(includePrivateParameters: false);
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
            _ => throw new UnsupportedKeyException("The curve of the key is neither P-256 nor P-384."),
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
