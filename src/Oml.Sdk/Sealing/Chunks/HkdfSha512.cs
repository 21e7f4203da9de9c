using System.Security.Cryptography;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>HKDF-Expand with SHA-512 (RFC 5869 §2.3) from a key of any length.</summary>
/// <remarks>The platform's refuses keys shorter than the hash, which chunked encryption has.</remarks>
internal static class HkdfSha512
{
    public static void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, Span<byte> output)
    {
        const int hashSize = SHA512.HashSizeInBytes;
        if (output.Length > 255 * hashSize)
        {
            throw new ArgumentException($"HKDF gives at most {255 * hashSize} bytes.", nameof(output));
        }

        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, key);
        Span<byte> block = stackalloc byte[hashSize];
        Span<byte> counter = [0];
        for (int done = 0; done < output.Length; done += hashSize)
        {
            if (done > 0)
            {
                hmac.AppendData(block);
            }

            counter[0]++;
            hmac.AppendData(info);
            hmac.AppendData(counter);
            hmac.GetHashAndReset(block);
            block[..Math.Min(hashSize, output.Length - done)].CopyTo(output[done..]);
        }

        CryptographicOperations.ZeroMemory(block);
    }
}
