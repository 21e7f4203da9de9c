using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a public COSE_Key (RFC 9052 §7) in the one form of docs/spec/keys.md §7.</summary>
internal static class CoseKeyReader
{
    /// <exception cref="UnsupportedKeyException">It is of another type, curve, algorithm or use than those of permissions.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no ML-DSA.</exception>
    /// <exception cref="CryptographicException">It is malformed, too weak, or a private key.</exception>
    public static ParsedKey Read(ReadOnlyMemory<byte> coseKey)
    {
        CoseKeyMembers members = new(coseKey);
        long type = members.TakeNumber(CoseKeyLabel.KeyType, "kty") ?? throw new CryptographicException("The COSE_Key lacks kty.");
        ThrowIfSecret(members, type);
        byte[]? id = members.TakeBytes(CoseKeyLabel.KeyId, "kid", IssuerKeyLimits.MaxKeyIdBytes);
        long? algorithm = members.TakeNumber(CoseKeyLabel.Algorithm, "alg");
        if (members.TakeOperations() is { } operations && !operations.Contains(CoseKeyLabel.Verify))
        {
            throw new UnsupportedKeyException("The COSE_Key is not for verifying: its key_ops say so.");
        }

        (DateTimeOffset? notBefore, DateTimeOffset? notAfter) = KeyTimes.Read(
            members.TakeNumber(CoseKeyLabel.NotBefore, "a start"), members.TakeNumber(CoseKeyLabel.NotAfter, "an end"), "The COSE_Key");
        IssuerPublicKey key = type switch
        {
            CoseKeyLabel.TypeEc2 => ReadEc(members, algorithm),
            CoseKeyLabel.TypeRsa => ReadRsa(members, algorithm),
            CoseKeyLabel.TypeAkp => ReadAkp(members, algorithm),
            CoseKeyLabel.TypeOkp => throw new UnsupportedKeyException("The COSE_Key is of type OKP; use EC2, RSA or AKP."),
            _ => throw new UnsupportedKeyException("The COSE_Key is of a type that is not known here; use EC2, RSA or AKP."),
        };
        members.ThrowIfAnyIsLeft();
        return new(key) { Id = id is null ? null : Convert.ToHexString(id), NotBefore = notBefore, NotAfter = notAfter };
    }

    // Before anything else: whoever hands out a private key must hear of that, whatever else is wrong with it.
    private static void ThrowIfSecret(CoseKeyMembers members, long type)
    {
        bool isSecret = type switch
        {
            CoseKeyLabel.TypeEc2 or CoseKeyLabel.TypeOkp => members.Has(CoseKeyLabel.D),
            CoseKeyLabel.TypeRsa => members.HasAny(CoseKeyLabel.FirstPrivateOfRsa, CoseKeyLabel.LastPrivateOfRsa),
            CoseKeyLabel.TypeAkp => members.Has(CoseKeyLabel.Private),
            CoseKeyLabel.TypeSymmetric => true,
            _ => false,
        };
        if (isSecret)
        {
            throw PrivateKeyText.Refusal("COSE_Key");
        }
    }

    private static IssuerPublicKey ReadEc(CoseKeyMembers members, long? algorithm)
    {
        PermissionAlgorithm own = members.TakeNumber(CoseKeyLabel.Curve, "crv") switch
        {
            CoseKeyLabel.CurveP256 => PermissionAlgorithm.ES256,
            CoseKeyLabel.CurveP384 => PermissionAlgorithm.ES384,
            null => throw Missing("crv"),
            _ => throw new UnsupportedKeyException("The curve of the COSE_Key is neither P-256 nor P-384."),
        };
        CheckAlgorithm(algorithm, own);
        return IssuerKeyReader.FromPoint(own, Bytes(members, CoseKeyLabel.X, "x"), Bytes(members, CoseKeyLabel.Y, "y, an uncompressed one,"));
    }

    private static IssuerPublicKey ReadRsa(CoseKeyMembers members, long? algorithm)
    {
        CheckAlgorithm(algorithm, PermissionAlgorithm.PS256);
        return IssuerKeyReader.FromModulus(Bytes(members, CoseKeyLabel.Modulus, "n"), Bytes(members, CoseKeyLabel.Exponent, "e"));
    }

    // The type says nothing of the parameters: here, alg is required (RFC 9964 §3).
    private static IssuerPublicKey ReadAkp(CoseKeyMembers members, long? algorithm)
    {
        PermissionAlgorithm own = (algorithm ?? throw Missing("alg")) switch
        {
            (long)PermissionAlgorithm.MLDsa44 => PermissionAlgorithm.MLDsa44,
            (long)PermissionAlgorithm.MLDsa65 => PermissionAlgorithm.MLDsa65,
            (long)PermissionAlgorithm.MLDsa87 => PermissionAlgorithm.MLDsa87,
            _ => throw new UnsupportedKeyException("The COSE_Key is of type AKP, but for another algorithm than ML-DSA: its alg says so."),
        };
        byte[] key = Bytes(members, CoseKeyLabel.Public, "pub");
        members.ThrowIfAnyIsLeft();
        return MLDsaKeys.FromBytes(own, key);
    }

    private static byte[] Bytes(CoseKeyMembers members, long label, string name) =>
        members.TakeBytes(label, name, IssuerKeyLimits.MaxKeyBytes) ?? throw Missing(name);

    private static void CheckAlgorithm(long? algorithm, PermissionAlgorithm own)
    {
        if (algorithm is not null && algorithm != (long)own)
        {
            throw new UnsupportedKeyException($"The COSE_Key is for another algorithm than {own}: its alg says so.");
        }
    }

    private static CryptographicException Missing(string name) => new($"The COSE_Key lacks {name}.");
}
