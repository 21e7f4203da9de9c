// The platform's ML-DSA is final, except for the methods that read and write standard structures.
#pragma warning disable SYSLIB5006
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>ML-DSA (FIPS 204) with pure signatures and an empty context, as RFC 9964 uses it: its sizes, and its keys where the platform has it.</summary>
internal static class MLDsaKeys
{
    private const string Oid44 = "2.16.840.1.101.3.4.3.17";
    private const string Oid65 = "2.16.840.1.101.3.4.3.18";
    private const string Oid87 = "2.16.840.1.101.3.4.3.19";

    /// <summary>The algorithm of an object identifier (RFC 9881 §2), or null.</summary>
    public static PermissionAlgorithm? Find(string oid) => oid switch
    {
        Oid44 => PermissionAlgorithm.MLDsa44,
        Oid65 => PermissionAlgorithm.MLDsa65,
        Oid87 => PermissionAlgorithm.MLDsa87,
        _ => null,
    };

    public static bool Is(PermissionAlgorithm algorithm) => Of(algorithm) is not null;

    /// <exception cref="PlatformNotSupportedException">The platform has no ML-DSA; the message says what has.</exception>
    public static void ThrowIfUnsupported(PermissionAlgorithm algorithm)
    {
        if (!MLDsa.IsSupported)
        {
            throw new PlatformNotSupportedException(
                $"{Of(algorithm)!.Name} is not there on this machine: it needs OpenSSL 3.5 or later on Linux, or a Windows 11 or Windows " +
                "Server 2025 that has it. Use ES256, ES384 or PS256 here.");
        }
    }

    public static IssuerPublicKey ReadPublic(ReadOnlySpan<byte> spki, PermissionAlgorithm algorithm)
    {
        ThrowIfUnsupported(algorithm);
        using MLDsa key = MLDsa.ImportSubjectPublicKeyInfo(spki);
        return Create(key, algorithm);
    }

    /// <summary>The key of the bytes of FIPS 204 §7.2.</summary>
    public static IssuerPublicKey FromBytes(PermissionAlgorithm algorithm, byte[] publicKey)
    {
        MLDsaAlgorithm platform = Of(algorithm)!;
        if (publicKey.Length != platform.PublicKeySizeInBytes)
        {
            throw new CryptographicException($"A key of {platform.Name} is {platform.PublicKeySizeInBytes} bytes; got {publicKey.Length}.");
        }

        ThrowIfUnsupported(algorithm);
        using MLDsa key = MLDsa.ImportMLDsaPublicKey(platform, publicKey);
        return Create(key, algorithm);
    }

    /// <summary>The bytes of FIPS 204 §7.2.</summary>
    public static byte[] ToBytes(IssuerPublicKey key)
    {
        using MLDsa platform = Import(key.ExportSubjectPublicKeyInfo());
        return platform.ExportMLDsaPublicKey();
    }

    public static MLDsa Import(ReadOnlySpan<byte> subjectPublicKeyInfo) => MLDsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo);

    public static MLDsa Generate(PermissionAlgorithm algorithm)
    {
        ThrowIfUnsupported(algorithm);
        return MLDsa.GenerateKey(Of(algorithm)!);
    }

    /// <summary>Which ML-DSA a PKCS#8 structure in clear (RFC 5958 §2) says that it is, or null.</summary>
    public static PermissionAlgorithm? FindInPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        try
        {
            if (!AsnDecoder.TryReadEncodedValue(pkcs8, AsnEncodingRules.BER, out _, out int start, out int length, out _))
            {
                return null;
            }

            ReadOnlySpan<byte> body = pkcs8.Slice(start, length);
            AsnDecoder.ReadIntegerBytes(body, AsnEncodingRules.BER, out int read);
            AsnDecoder.ReadSequence(body[read..], AsnEncodingRules.BER, out start, out length, out _);
            return Find(AsnDecoder.ReadObjectIdentifier(body.Slice(read + start, length), AsnEncodingRules.BER, out _));
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static IssuerPublicKey Create(MLDsa key, PermissionAlgorithm algorithm) => new(
        key.ExportSubjectPublicKeyInfo(),
        algorithm,
        KeyThumbprint.Compute(algorithm, key.ExportMLDsaPublicKey()),
        key.Algorithm.SignatureSizeInBytes);

    private static MLDsaAlgorithm? Of(PermissionAlgorithm algorithm) => algorithm switch
    {
        PermissionAlgorithm.MLDsa44 => MLDsaAlgorithm.MLDsa44,
        PermissionAlgorithm.MLDsa65 => MLDsaAlgorithm.MLDsa65,
        PermissionAlgorithm.MLDsa87 => MLDsaAlgorithm.MLDsa87,
        _ => null,
    };
}
