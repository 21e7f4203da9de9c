using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The hash of SynthID-Text and the g-values of its reference variant.</summary>
internal static class GValues
{
    private const ulong Multiplier = 6364136223846793005;
    private const int Rounds = 12;
    private const int Shift = 5;
    private const int Bit = 30;

    // An arithmetic shift is a logical one, xor SignBit, minus SignBit; the subtraction goes into the constant of the next round, and
    // after the last it does not reach bit 30. Few instruction sets shift 64-bit numbers arithmetically.
    private const ulong SignBit = 1ul << (63 - Shift);
    private const ulong FirstConstant = Multiplier + 1;
    private const ulong NextConstant = unchecked(Multiplier + 1 - (SignBit * Multiplier));

    /// <summary>Takes one more number into a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong hash, ulong number) => ((hash + number) * Multiplier) + 1;

    /// <summary>Takes tokens into a hash, one after the other.</summary>
    public static ulong Add(ulong hash, ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            hash = Add(hash, (ulong)token);
        }

        return hash;
    }

    /// <summary>What a hash gains by beginning with 1 more: the multiplier to the power of the count of numbers.</summary>
    public static ulong Power(int numbers)
    {
        ulong power = 1;
        for (; numbers > 0; numbers--)
        {
            power *= Multiplier;
        }

        return power;
    }

    /// <summary>The g-values of n-grams in every layer.</summary>
    /// <param name="hashes">The hash of each n-gram.</param>
    /// <param name="keys">The key of each layer, at most 64.</param>
    /// <param name="bits">For each n-gram: bit l is the g-value in layer l. May be the hashes' own memory, if their number is a multiple of eight.</param>
    /// <param name="width">The widest step to take.</param>
    public static void Fill(ReadOnlySpan<ulong> hashes, ReadOnlySpan<ulong> keys, Span<ulong> bits, KernelWidth width)
    {
        ref ulong source = ref MemoryMarshal.GetReference(hashes);
        ref ulong target = ref MemoryMarshal.GetReference(bits);
        int i = 0;
        if (Vector512.IsHardwareAccelerated && width >= KernelWidth.Vector512 && hashes.Length >= Vector512<ulong>.Count)
        {
            // The last step overlaps the one before.
            for (; i < hashes.Length; i += Vector512<ulong>.Count)
            {
                nuint at = (nuint)Math.Min(i, hashes.Length - Vector512<ulong>.Count);
                Layers(Vector512.LoadUnsafe(ref source, at), keys).StoreUnsafe(ref target, at);
            }
        }
        else if (Vector256.IsHardwareAccelerated && width >= KernelWidth.Vector256 && hashes.Length >= Vector256<ulong>.Count)
        {
            for (; i < hashes.Length; i += Vector256<ulong>.Count)
            {
                nuint at = (nuint)Math.Min(i, hashes.Length - Vector256<ulong>.Count);
                Layers(Vector256.LoadUnsafe(ref source, at), keys).StoreUnsafe(ref target, at);
            }
        }

        for (; i < hashes.Length; i++)
        {
            bits[i] = Layers(hashes[i], keys);
        }
    }

    private static ulong Layers(ulong hash, ReadOnlySpan<ulong> keys)
    {
        ulong bits = 0;
        for (int layer = 0; layer < keys.Length; layer++)
        {
            ulong x = Add(hash, keys[layer]);
            for (int round = 0; round < Rounds; round++)
            {
                x = (ulong)((long)Add(x, 1) >> Shift);
            }

            bits |= ((x >> Bit) & 1) << layer;
        }

        return bits;
    }

    private static Vector256<ulong> Layers(Vector256<ulong> hash, ReadOnlySpan<ulong> keys)
    {
        Vector256<ulong> multiplier = Vector256.Create(Multiplier);
        Vector256<ulong> bits = default;
        for (int layer = 0; layer < keys.Length; layer++)
        {
            Vector256<ulong> x = ((hash + Vector256.Create(keys[layer])) * multiplier) + Vector256<ulong>.One;
            x = (((x * multiplier) + Vector256.Create(FirstConstant)) >> Shift) ^ Vector256.Create(SignBit);
            for (int round = 1; round < Rounds; round++)
            {
                x = (((x * multiplier) + Vector256.Create(NextConstant)) >> Shift) ^ Vector256.Create(SignBit);
            }

            bits |= ((x >> Bit) & Vector256<ulong>.One) << layer;
        }

        return bits;
    }

    // Here an arithmetic shift is one instruction.
    private static Vector512<ulong> Layers(Vector512<ulong> hash, ReadOnlySpan<ulong> keys)
    {
        Vector512<ulong> multiplier = Vector512.Create(Multiplier);
        Vector512<ulong> constant = Vector512.Create(FirstConstant);
        Vector512<ulong> bits = default;
        for (int layer = 0; layer < keys.Length; layer++)
        {
            Vector512<ulong> x = ((hash + Vector512.Create(keys[layer])) * multiplier) + Vector512<ulong>.One;
            for (int round = 0; round < Rounds; round++)
            {
                x = Vector512.ShiftRightArithmetic(((x * multiplier) + constant).AsInt64(), Shift).AsUInt64();
            }

            bits |= ((x >> Bit) & Vector512<ulong>.One) << layer;
        }

        return bits;
    }
}
