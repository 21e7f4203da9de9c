using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Counter blocks on any processor, in constant time.</summary>
internal readonly struct AesBlocksSoftware : IAesBlocks
{
    public static void Encrypt(ref readonly AesKeySchedule schedule, ulong block, ref byte destination)
    {
        Span<ulong> blocks = stackalloc ulong[2 * BitslicedAes.Blocks];
        for (int done = 0; done < IAesBlocks.Blocks; done += BitslicedAes.Blocks)
        {
            for (int i = 0; i < BitslicedAes.Blocks; i++)
            {
                blocks[2 * i] = 0;
                blocks[(2 * i) + 1] = BinaryPrimitives.ReverseEndianness(block + (ulong)(done + i));
            }

            BitslicedAes.Encrypt(in schedule, blocks);
            ref byte target = ref Unsafe.Add(ref destination, done * 16);
            MemoryMarshal.AsBytes(blocks).CopyTo(MemoryMarshal.CreateSpan(ref target, BitslicedAes.Blocks * 16));
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(blocks));
    }

    public static void EncryptInPlace(ref readonly AesKeySchedule schedule, ref byte blocks)
    {
        Span<ulong> words = stackalloc ulong[2 * BitslicedAes.Blocks];
        for (int done = 0; done < IAesBlocks.Blocks; done += BitslicedAes.Blocks)
        {
            Span<byte> group = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref blocks, done * 16), BitslicedAes.Blocks * 16);
            group.CopyTo(MemoryMarshal.AsBytes(words));
            BitslicedAes.Encrypt(in schedule, words);
            MemoryMarshal.AsBytes(words).CopyTo(group);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }
}
