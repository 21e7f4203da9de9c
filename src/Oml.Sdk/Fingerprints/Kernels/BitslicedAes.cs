using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>AES-128 without AES instructions: four blocks turned into bit planes, so that no address depends on a secret.</summary>
/// <remarks>Byte p of the planes is byte p mod 16 of block p / 16, and a block is four columns of four bytes (FIPS 197, 3.4).</remarks>
internal static class BitslicedAes
{
    /// <summary>Blocks of one call.</summary>
    public const int Blocks = 4;

    /// <summary>Encrypts four blocks in place.</summary>
    public static void Encrypt(ref readonly AesKeySchedule schedule, Span<ulong> blocks)
    {
        BitPlanes state = default;
        for (int group = 0; group < BitPlanes.Count; group++)
        {
            state.Put(blocks[group], group);
        }

        AddRoundKey(ref state, schedule[0]);
        for (int round = 1; round < AesKeySchedule.RoundKeys - 1; round++)
        {
            Substitute(ref state);
            ShiftRows(ref state);
            MixColumns(ref state);
            AddRoundKey(ref state, schedule[round]);
        }

        Substitute(ref state);
        ShiftRows(ref state);
        AddRoundKey(ref state, schedule[AesKeySchedule.RoundKeys - 1]);
        for (int group = 0; group < BitPlanes.Count; group++)
        {
            blocks[group] = state.Get(group);
        }
    }

    /// <summary>The S-box on four bytes in place, for the key expansion.</summary>
    public static void Substitute(Span<byte> word)
    {
        BitPlanes state = default;
        state.Put(MemoryMarshal.Read<uint>(word), 0);
        Substitute(ref state);
        MemoryMarshal.Write(word, (uint)state.Get(0));
    }

    // The reciprocal, then FIPS 197 (5.2): b'ᵢ = bᵢ + bᵢ₊₄ + bᵢ₊₅ + bᵢ₊₆ + bᵢ₊₇ + cᵢ with c = 63 hexadecimal.
    private static void Substitute(ref BitPlanes state)
    {
        BitPlanes x = BitslicedField.Invert(state);
        for (int i = 0; i < BitPlanes.Count; i++)
        {
            ulong constant = 0ul - ((0x63ul >> i) & 1);
            state[i] = x[i] ^ x[(i + 4) % 8] ^ x[(i + 5) % 8] ^ x[(i + 6) % 8] ^ x[(i + 7) % 8] ^ constant;
        }
    }

    // Row r of column c comes from column c + r: row r is bits r, r + 4, r + 8, r + 12 of each 16, turned right by 4·r.
    private static void ShiftRows(ref BitPlanes state)
    {
        for (int i = 0; i < BitPlanes.Count; i++)
        {
            ulong x = state[i];
            state[i] = (x & 0x1111_1111_1111_1111ul)
                | ((x >> 4) & 0x0222_0222_0222_0222ul) | ((x << 12) & 0x2000_2000_2000_2000ul)
                | ((x >> 8) & 0x0044_0044_0044_0044ul) | ((x << 8) & 0x4400_4400_4400_4400ul)
                | ((x >> 12) & 0x0008_0008_0008_0008ul) | ((x << 4) & 0x8880_8880_8880_8880ul);
        }
    }

    // Row r becomes 2·aᵣ + 3·aᵣ₊₁ + aᵣ₊₂ + aᵣ₊₃ = 2·(aᵣ + aᵣ₊₁) + aᵣ₊₁ + (a + its turn by one)ᵣ₊₂.
    private static void MixColumns(ref BitPlanes state)
    {
        BitPlanes next = default;
        BitPlanes pair = default;
        for (int i = 0; i < BitPlanes.Count; i++)
        {
            next[i] = NextRow(state[i]);
            pair[i] = state[i] ^ next[i];
        }

        for (int i = 0; i < BitPlanes.Count; i++)
        {
            // Doubling moves a plane up by one and folds the top one back with x⁸ = x⁴ + x³ + x + 1.
            ulong doubled = i == 0 ? pair[7] : i is 1 or 3 or 4 ? pair[i - 1] ^ pair[7] : pair[i - 1];
            state[i] = doubled ^ next[i] ^ NextRow(NextRow(pair[i]));
        }
    }

    private static ulong NextRow(ulong x) => ((x >> 1) & 0x7777_7777_7777_7777ul) | ((x & 0x1111_1111_1111_1111ul) << 3);

    private static void AddRoundKey(ref BitPlanes state, Vector128<byte> key)
    {
        BitPlanes planes = default;
        planes.Put(key.AsUInt64()[0], 0);
        planes.Put(key.AsUInt64()[1], 1);
        for (int i = 0; i < BitPlanes.Count; i++)
        {
            state[i] ^= planes[i] * 0x0001_0001_0001_0001ul;
        }
    }
}
