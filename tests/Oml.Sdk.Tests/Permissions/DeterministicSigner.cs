using System.Numerics;
using System.Security.Cryptography;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>
/// Signs the same bytes with the same signature each time, so that the vector file can be compared with what makes it: RFC 6979 for
/// ECDSA, a salt of zeros for RSASSA-PSS. For tests only: it leaks the key through its timing.
/// </summary>
internal static class DeterministicSigner
{
    public static byte[] SignEcdsa(ECCurve curve, BigInteger order, BigInteger key, HashAlgorithmName hash, byte[] data)
    {
        int size = order.GetByteCount(isUnsigned: true);
        BigInteger digest = FromBytes(CryptographicOperations.HashData(hash, data)) % order;
        byte[] seed = [.. ToBytes(key, size), .. ToBytes(digest, size)];
        int hashSize = CryptographicOperations.HashData(hash, []).Length;

        // RFC 6979 §3.2, for orders of a whole number of bytes, no shorter than the hash.
        byte[] v = new byte[hashSize];
        v.AsSpan().Fill(1);
        byte[] k = new byte[hashSize];
        foreach (byte step in (byte[])[0, 1])
        {
            k = CryptographicOperations.HmacData(hash, k, (byte[])[.. v, step, .. seed]);
            v = CryptographicOperations.HmacData(hash, k, v);
        }

        while (true)
        {
            byte[] candidate = [];
            while (candidate.Length < size)
            {
                v = CryptographicOperations.HmacData(hash, k, v);
                candidate = [.. candidate, .. v];
            }

            BigInteger nonce = FromBytes(candidate.AsSpan(0, size));
            if (nonce > 0 && nonce < order)
            {
                BigInteger r = MultiplyBase(curve, ToBytes(nonce, size)) % order;
                BigInteger s = BigInteger.ModPow(nonce, order - 2, order) * (digest + (r * key)) % order;
                return [.. ToBytes(r, size), .. ToBytes(s, size)];
            }

            k = CryptographicOperations.HmacData(hash, k, (byte[])[.. v, 0]);
            v = CryptographicOperations.HmacData(hash, k, v);
        }
    }

    /// <summary>RFC 8017 §8.1.1 with SHA-256 and 32 zero bytes of salt, for moduli of a whole number of bytes.</summary>
    public static byte[] SignPss(RSAParameters key, byte[] data)
    {
        byte[] salt = new byte[32];
        byte[] hash = SHA256.HashData([.. new byte[8], .. SHA256.HashData(data), .. salt]);
        int size = key.Modulus!.Length;
        byte[] block = new byte[size - 33];
        block[^33] = 1;
        for (int i = 0; i < block.Length; i += 32)
        {
            byte[] mask = SHA256.HashData([.. hash, 0, 0, 0, (byte)(i / 32)]);
            for (int j = 0; j < 32 && i + j < block.Length; j++)
            {
                block[i + j] ^= mask[j];
            }
        }

        block[0] &= 0x7F;
        byte[] encoded = [.. block, .. hash, 0xBC];
        BigInteger signature = BigInteger.ModPow(FromBytes(encoded), FromBytes(key.D!), FromBytes(key.Modulus));
        return ToBytes(signature, size);
    }

    public static BigInteger FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    public static byte[] ToBytes(BigInteger value, int size)
    {
        byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[size - bytes.Length], .. bytes];
    }

    // The platform computes the public point of a private key that comes without one: that is the multiplication.
    private static BigInteger MultiplyBase(ECCurve curve, byte[] scalar)
    {
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = curve, D = scalar });
        return FromBytes(key.ExportParameters(false).Q.X);
    }
}
