using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Counter blocks through AES-NI.</summary>
internal readonly struct AesBlocksX86 : IAesBlocks
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Encrypt(ref readonly AesKeySchedule schedule, ulong block, ref byte destination)
    {
        // The first index is a multiple of eight, so the blocks differ in the low three bits of their last byte alone.
        Vector128<byte> b0 = Vector128.Create(0ul, BinaryPrimitives.ReverseEndianness(block)).AsByte() ^ schedule[0];
        Vector128<byte> b1 = b0 ^ Vector128.Create(0ul, 1ul << 56).AsByte();
        Vector128<byte> b2 = b0 ^ Vector128.Create(0ul, 2ul << 56).AsByte();
        Vector128<byte> b3 = b0 ^ Vector128.Create(0ul, 3ul << 56).AsByte();
        Vector128<byte> b4 = b0 ^ Vector128.Create(0ul, 4ul << 56).AsByte();
        Vector128<byte> b5 = b0 ^ Vector128.Create(0ul, 5ul << 56).AsByte();
        Vector128<byte> b6 = b0 ^ Vector128.Create(0ul, 6ul << 56).AsByte();
        Vector128<byte> b7 = b0 ^ Vector128.Create(0ul, 7ul << 56).AsByte();
        for (int round = 1; round < AesKeySchedule.RoundKeys - 1; round++)
        {
            Vector128<byte> key = schedule[round];
            b0 = Aes.Encrypt(b0, key);
            b1 = Aes.Encrypt(b1, key);
            b2 = Aes.Encrypt(b2, key);
            b3 = Aes.Encrypt(b3, key);
            b4 = Aes.Encrypt(b4, key);
            b5 = Aes.Encrypt(b5, key);
            b6 = Aes.Encrypt(b6, key);
            b7 = Aes.Encrypt(b7, key);
        }

        Vector128<byte> last = schedule[AesKeySchedule.RoundKeys - 1];
        Aes.EncryptLast(b0, last).StoreUnsafe(ref destination);
        Aes.EncryptLast(b1, last).StoreUnsafe(ref destination, 16);
        Aes.EncryptLast(b2, last).StoreUnsafe(ref destination, 32);
        Aes.EncryptLast(b3, last).StoreUnsafe(ref destination, 48);
        Aes.EncryptLast(b4, last).StoreUnsafe(ref destination, 64);
        Aes.EncryptLast(b5, last).StoreUnsafe(ref destination, 80);
        Aes.EncryptLast(b6, last).StoreUnsafe(ref destination, 96);
        Aes.EncryptLast(b7, last).StoreUnsafe(ref destination, 112);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EncryptInPlace(ref readonly AesKeySchedule schedule, ref byte blocks)
    {
        Vector128<byte> b0 = Vector128.LoadUnsafe(ref blocks) ^ schedule[0];
        Vector128<byte> b1 = Vector128.LoadUnsafe(ref blocks, 16) ^ schedule[0];
        Vector128<byte> b2 = Vector128.LoadUnsafe(ref blocks, 32) ^ schedule[0];
        Vector128<byte> b3 = Vector128.LoadUnsafe(ref blocks, 48) ^ schedule[0];
        Vector128<byte> b4 = Vector128.LoadUnsafe(ref blocks, 64) ^ schedule[0];
        Vector128<byte> b5 = Vector128.LoadUnsafe(ref blocks, 80) ^ schedule[0];
        Vector128<byte> b6 = Vector128.LoadUnsafe(ref blocks, 96) ^ schedule[0];
        Vector128<byte> b7 = Vector128.LoadUnsafe(ref blocks, 112) ^ schedule[0];
        for (int round = 1; round < AesKeySchedule.RoundKeys - 1; round++)
        {
            Vector128<byte> key = schedule[round];
            b0 = Aes.Encrypt(b0, key);
            b1 = Aes.Encrypt(b1, key);
            b2 = Aes.Encrypt(b2, key);
            b3 = Aes.Encrypt(b3, key);
            b4 = Aes.Encrypt(b4, key);
            b5 = Aes.Encrypt(b5, key);
            b6 = Aes.Encrypt(b6, key);
            b7 = Aes.Encrypt(b7, key);
        }

        Vector128<byte> last = schedule[AesKeySchedule.RoundKeys - 1];
        Aes.EncryptLast(b0, last).StoreUnsafe(ref blocks);
        Aes.EncryptLast(b1, last).StoreUnsafe(ref blocks, 16);
        Aes.EncryptLast(b2, last).StoreUnsafe(ref blocks, 32);
        Aes.EncryptLast(b3, last).StoreUnsafe(ref blocks, 48);
        Aes.EncryptLast(b4, last).StoreUnsafe(ref blocks, 64);
        Aes.EncryptLast(b5, last).StoreUnsafe(ref blocks, 80);
        Aes.EncryptLast(b6, last).StoreUnsafe(ref blocks, 96);
        Aes.EncryptLast(b7, last).StoreUnsafe(ref blocks, 112);
    }
}
