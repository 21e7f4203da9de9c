using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Counter blocks through the AES instructions of Armv8.</summary>
/// <remarks>AESE adds the round key before it substitutes, so the keys run one round earlier than on x86 and the last is added by hand.</remarks>
internal readonly struct AesBlocksArm : IAesBlocks
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Encrypt(ref readonly AesKeySchedule schedule, ulong block, ref byte destination)
    {
        Half(in schedule, block, ref destination);
        Half(in schedule, block + 4, ref Unsafe.Add(ref destination, 64));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EncryptInPlace(ref readonly AesKeySchedule schedule, ref byte blocks)
    {
        for (nuint half = 0; half < IAesBlocks.Bytes; half += IAesBlocks.Bytes / 2)
        {
            ref byte first = ref Unsafe.Add(ref blocks, half);
            Four(
                in schedule,
                Vector128.LoadUnsafe(ref first),
                Vector128.LoadUnsafe(ref first, 16),
                Vector128.LoadUnsafe(ref first, 32),
                Vector128.LoadUnsafe(ref first, 48),
                ref first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(ref readonly AesKeySchedule schedule, ulong block, ref byte destination) =>
        Four(in schedule, Counter(block), Counter(block + 1), Counter(block + 2), Counter(block + 3), ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(
        ref readonly AesKeySchedule schedule,
        Vector128<byte> b0,
        Vector128<byte> b1,
        Vector128<byte> b2,
        Vector128<byte> b3,
        ref byte destination)
    {
        for (int round = 0; round < AesKeySchedule.RoundKeys - 2; round++)
        {
            Vector128<byte> key = schedule[round];
            b0 = Aes.MixColumns(Aes.Encrypt(b0, key));
            b1 = Aes.MixColumns(Aes.Encrypt(b1, key));
            b2 = Aes.MixColumns(Aes.Encrypt(b2, key));
            b3 = Aes.MixColumns(Aes.Encrypt(b3, key));
        }

        Vector128<byte> nextToLast = schedule[AesKeySchedule.RoundKeys - 2];
        Vector128<byte> last = schedule[AesKeySchedule.RoundKeys - 1];
        (Aes.Encrypt(b0, nextToLast) ^ last).StoreUnsafe(ref destination);
        (Aes.Encrypt(b1, nextToLast) ^ last).StoreUnsafe(ref destination, 16);
        (Aes.Encrypt(b2, nextToLast) ^ last).StoreUnsafe(ref destination, 32);
        (Aes.Encrypt(b3, nextToLast) ^ last).StoreUnsafe(ref destination, 48);
    }

    private static Vector128<byte> Counter(ulong block) => Vector128.Create(0ul, BinaryPrimitives.ReverseEndianness(block)).AsByte();
}
