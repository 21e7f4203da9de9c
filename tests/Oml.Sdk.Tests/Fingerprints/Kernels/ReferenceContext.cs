using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

/// <summary>The contextual carrier of docs/spec/fingerprint.md §14, written down a second time, with the platform's AES.</summary>
internal static class ReferenceContext
{
    /// <summary>n: where each eighth of a row is largest.</summary>
    public static ulong Of(float[] row)
    {
        int length = row.Length / 8;
        ulong context = 0;
        for (int j = 0; j < 8; j++)
        {
            context |= (ulong)(FingerprintTestData.ArgMax(row.AsSpan((j * length)..(j == 7 ? row.Length : (j + 1) * length))) % 256) << (8 * j);
        }

        return context & long.MaxValue;
    }

    /// <summary>The signs of a row, in whole blocks.</summary>
    /// <param name="key">The 32 bytes of the carrier key.</param>
    /// <param name="threshold">q: the share in 256ths.</param>
    /// <param name="context">n.</param>
    /// <param name="length">V.</param>
    public static byte[] Signs(byte[] key, int threshold, ulong context, int length)
    {
        int blocks = (length + 127) / 128;
        byte[] signs = Blocks(key[..16], 0, blocks);
        byte[] own = Blocks(key[16..], context, blocks);
        byte[] choice = Blocks(key[16..], ulong.MaxValue, (length + 15) / 16);
        for (int i = 0; i < length; i++)
        {
            if (choice[i] < threshold)
            {
                int bit = 1 << (i % 8);
                signs[i / 8] = (byte)((signs[i / 8] & ~bit) | (own[i / 8] & bit));
            }
        }

        return signs;
    }

    /// <summary>AES under a key of a nonce and the numbers from 0 on.</summary>
    public static byte[] Blocks(byte[] key, ulong nonce, int count)
    {
        byte[] blocks = new byte[16 * count];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(blocks.AsSpan(16 * i), nonce);
            BinaryPrimitives.WriteUInt64BigEndian(blocks.AsSpan((16 * i) + 8), (ulong)i);
        }

        using Aes aes = Aes.Create();
        aes.Key = key;
#pragma warning disable CA5358 // Single blocks are what is compared.
        return aes.EncryptEcb(blocks, PaddingMode.None);
#pragma warning restore CA5358
    }
}
