using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

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

    /// <summary>Overwrites the keys with zeros.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(AsBytes());

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private Span<byte> AsBytes() =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<Vector128<byte>, byte>(ref _first), KeySize * RoundKeys);
}
