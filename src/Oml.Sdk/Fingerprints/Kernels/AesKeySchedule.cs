using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CryptographicOperations = System.Security.Cryptography.CryptographicOperations;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The eleven round keys of AES-128 (FIPS 197, 5.2). Secret: whoever holds one clears it.</summary>
[InlineArray(RoundKeys)]
internal struct AesKeySchedule
{
    public const int KeySize = 16;
    public const int RoundKeys = 11;

    private Vector128<byte> _first;

    /// <summary>Expands a key. No branch and no address depends on it.</summary>
    public static void Expand(ReadOnlySpan<byte> key, out AesKeySchedule schedule)
    {
        if (Aes.IsSupported)
        {
            ExpandX86(key, out schedule);
        }
        else
        {
            ExpandPortable(key, out schedule);
        }
    }

    /// <summary>The same without the processor's instructions for it.</summary>
    public static void ExpandPortable(ReadOnlySpan<byte> key, out AesKeySchedule schedule)
    {
        schedule = default;
        Span<byte> bytes = schedule.AsBytes();
        key[..KeySize].CopyTo(bytes);
        byte roundConstant = 1;
        for (int i = KeySize; i < bytes.Length; i += 4)
        {
            uint word = MemoryMarshal.Read<uint>(bytes[(i - 4)..]);
            if (i % KeySize == 0)
            {
                // RotWord and SubWord of FIPS 197; the round constant goes to the first byte in memory order.
                Span<byte> rotated = [bytes[i - 3], bytes[i - 2], bytes[i - 1], bytes[i - 4]];
                BitslicedAes.Substitute(rotated);
                rotated[0] ^= roundConstant;
                word = MemoryMarshal.Read<uint>(rotated);
                CryptographicOperations.ZeroMemory(rotated);
                roundConstant = (byte)((roundConstant << 1) ^ ((roundConstant >> 7) * 0x1b));
            }

            MemoryMarshal.Write(bytes[i..], MemoryMarshal.Read<uint>(bytes[(i - KeySize)..]) ^ word);
        }
    }

    private static void ExpandX86(ReadOnlySpan<byte> key, out AesKeySchedule schedule)
    {
        schedule = default;
        Vector128<byte> current = Vector128.Create(key[..KeySize]);
        schedule[0] = current;

        // The round constant is part of each instruction.
        schedule[1] = current = Next(current, Aes.KeygenAssist(current, 0x01));
        schedule[2] = current = Next(current, Aes.KeygenAssist(current, 0x02));
        schedule[3] = current = Next(current, Aes.KeygenAssist(current, 0x04));
        schedule[4] = current = Next(current, Aes.KeygenAssist(current, 0x08));
        schedule[5] = current = Next(current, Aes.KeygenAssist(current, 0x10));
        schedule[6] = current = Next(current, Aes.KeygenAssist(current, 0x20));
        schedule[7] = current = Next(current, Aes.KeygenAssist(current, 0x40));
        schedule[8] = current = Next(current, Aes.KeygenAssist(current, 0x80));
        schedule[9] = current = Next(current, Aes.KeygenAssist(current, 0x1b));
        schedule[10] = Next(current, Aes.KeygenAssist(current, 0x36));
    }

    // Each word is the exclusive or of the ones up to it and the assisted last word of the key before.
    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        Vector128<byte> word = Vector128.Shuffle(assist.AsUInt32(), Vector128.Create(3u)).AsByte();
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ word;
    }

    /// <summary>The keys that make of eight zero bytes and a number what these make of a nonce and that number. The caller clears them.</summary>
    public readonly void WithNonce(ulong nonce, out AesKeySchedule schedule)
    {
        // AES adds its first key to the block, so the nonce can be added to that key once.
        schedule = this;
        schedule[0] ^= Vector128.CreateScalar(BinaryPrimitives.ReverseEndianness(nonce)).AsByte();
    }

    /// <summary>Overwrites the keys with zeros.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(AsBytes());

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private Span<byte> AsBytes() =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<Vector128<byte>, byte>(ref _first), KeySize * RoundKeys);
}
