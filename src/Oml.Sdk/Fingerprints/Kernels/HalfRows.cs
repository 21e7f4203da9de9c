using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What marks of rows of binary16 have in common (docs/spec/fingerprint.md §3.1).</summary>
internal static class HalfRows
{
    /// <summary>How much of a row's magnitude a change must be so that rounding does not swallow it: four units of the last place at most.</summary>
    public const float LeastPart = 1f / 512;

    /// <summary>How much a change must be so that rounding does not swallow it, beside however small a number: a unit of the last place of the smallest.</summary>
    public const float LeastChange = 1f / (1 << 24);

    /// <summary>Where the first NaN or infinity of a row is, or -1.</summary>
    public static int FirstNonFinite(ReadOnlySpan<Half> row)
    {
        // Numbers whose exponent is all ones, of either sign.
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<Half, ushort>(row);
        int plus = bits.IndexOfAnyInRange((ushort)0x7c00, (ushort)0x7fff);
        int minus = bits.IndexOfAnyInRange((ushort)0xfc00, ushort.MaxValue);
        return plus < 0 || minus < 0 ? Math.Max(plus, minus) : Math.Min(plus, minus);
    }

    /// <summary>Where the largest element is, the lowest index of equals.</summary>
    /// <param name="row">Finite elements.</param>
    /// <param name="most">The largest of them.</param>
    public static int TopClass(ReadOnlySpan<Half> row, Half most)
    {
        // By their bits, which is quick; the two zeros are equal.
        ReadOnlySpan<short> bits = MemoryMarshal.Cast<Half, short>(row);
        return most == Half.Zero ? bits.IndexOfAny((short)0, short.MinValue) : bits.IndexOf(BitConverter.HalfToInt16Bits(most));
    }

    /// <summary>A float put between the ends of the format, and rounded to nearest, ties to even.</summary>
    public static Half Round(float value) => (Half)Math.Clamp(value, -HalfBits.Largest, HalfBits.Largest);

    /// <summary>The least half that is not less than a float.</summary>
    public static Half AtLeast(float value) => (float)Round(value) < value ? Half.BitIncrement(Round(value)) : Round(value);

    /// <summary>The half above what a row's largest element becomes as a float.</summary>
    /// <param name="value">The float.</param>
    /// <param name="top">The half.</param>
    /// <returns>False if there is none.</returns>
    public static bool TryLift(float value, out float top)
    {
        top = (float)Half.BitIncrement(Round(value));
        return float.IsFinite(top);
    }

    /// <summary>Makes floats of a row.</summary>
    /// <returns>False if an element is not finite.</returns>
    public static bool TryWiden(ReadOnlySpan<Half> row, Span<float> wide)
    {
        Widen(row, wide);
        return HalfRange.TryRead(row, out _);
    }

    /// <summary>Makes floats of finite elements.</summary>
    public static void Widen(ReadOnlySpan<Half> row, Span<float> wide)
    {
        ref short source = ref Unsafe.As<Half, short>(ref MemoryMarshal.GetReference(row));
        ref float target = ref MemoryMarshal.GetReference(wide);
        int i = 0;
        for (; Vector128.IsHardwareAccelerated && i <= row.Length - Vector128<short>.Count; i += Vector128<short>.Count)
        {
            (Vector128<int> lower, Vector128<int> upper) = Vector128.Widen(Vector128.LoadUnsafe(ref source, (nuint)i));
            Widen(lower).StoreUnsafe(ref target, (nuint)i);
            Widen(upper).StoreUnsafe(ref target, (nuint)(i + Vector128<float>.Count));
        }

        for (; i < row.Length; i++)
        {
            wide[i] = (float)row[i];
        }
    }

    /// <summary>Makes halves of floats, which <see cref="Round"/> rounds.</summary>
    public static void Narrow(ReadOnlySpan<float> wide, Span<Half> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = Round(wide[i]);
        }
    }

    private static Vector128<float> Widen(Vector128<int> half) =>
        ((half << HalfBits.Places) & Vector128.Create(HalfBits.Kept)).AsSingle() * Vector128.Create(HalfBits.Unscale);
}
