using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Rows of binary16: every conversion to binary32 is exact, and the way back rounds to nearest, ties to even.</summary>
/// <remarks>.NET 10 has no intrinsics for the processor's own conversions, so they are made of integer operations.</remarks>
internal readonly struct HalfRows : IRowFormat<Half>
{
    private const uint Infinity = 0x7c00;
    private const uint Magnitude = 0x7fff;
    private const uint Sign = 0x8000;
    private const float Largest = 65504f;

    public static float LeastPart => 1f / 512;

    public static int FirstNonFinite(ReadOnlySpan<Half> row)
    {
        // Numbers whose exponent is all ones, of either sign.
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<Half, ushort>(row);
        int plus = bits.IndexOfAnyInRange((ushort)Infinity, (ushort)Magnitude);
        int minus = bits.IndexOfAnyInRange((ushort)(Sign | Infinity), ushort.MaxValue);
        return plus < 0 || minus < 0 ? Math.Max(plus, minus) : Math.Min(plus, minus);
    }

    public static bool TryWiden(ReadOnlySpan<Half> row, Span<float> wide)
    {
        ref ushort source = ref Unsafe.As<Half, ushort>(ref MemoryMarshal.GetReference(row));
        ref float target = ref MemoryMarshal.GetReference(wide);
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= row.Length - 32; i += 32)
            {
                (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.LoadUnsafe(ref source, (nuint)i));
                Widen(low).StoreUnsafe(ref target, (nuint)i);
                Widen(high).StoreUnsafe(ref target, (nuint)i + 16);
            }
        }

        for (; i < row.Length; i++)
        {
            wide[i] = (float)row[i];
        }

        return true;
    }

    public static bool TryCarry(Span<Half> row, ReadOnlySpan<float> clean, ReadOnlySpan<float> marked, bool isFactor, bool keepsTop)
    {
        float max = float.NegativeInfinity;
        Half top = default;
        if (keepsTop)
        {
            RowScan.TryMax(clean, out max);
            top = Half.BitIncrement((Half)Clamp(marked[clean.IndexOf(max)]));
            if (!Half.IsFinite(top))
            {
                return false;
            }
        }

        Narrow(marked, row);
        for (int i = 0; keepsTop && i < row.Length; i++)
        {
            int next = clean[i..].IndexOf(max);
            if (next < 0)
            {
                break;
            }

            i += next;
            row[i] = top;
        }

        return true;
    }

    private static void Narrow(ReadOnlySpan<float> wide, Span<Half> row)
    {
        ref float source = ref MemoryMarshal.GetReference(wide);
        ref ushort target = ref Unsafe.As<Half, ushort>(ref MemoryMarshal.GetReference(row));
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= row.Length - 32; i += 32)
            {
                Vector512<uint> low = Narrow(Vector512.LoadUnsafe(ref source, (nuint)i));
                Vector512<uint> high = Narrow(Vector512.LoadUnsafe(ref source, (nuint)i + 16));
                Vector512.Narrow(low, high).StoreUnsafe(ref target, (nuint)i);
            }
        }

        for (; i < row.Length; i++)
        {
            row[i] = (Half)Clamp(wide[i]);
        }
    }

    // The bits of a magnitude, 13 places up, are those of a float 2^112 times smaller; that is exact for subnormal numbers too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen(Vector512<uint> half)
    {
        Vector512<float> magnitude = ((half & Vector512.Create(Magnitude)) << 13).AsSingle() * Vector512.Create(5.192296858534828e33f);
        return (magnitude.AsUInt32() | ((half & Vector512.Create(Sign)) << 16)).AsSingle();
    }

    // Adding and taking away 2^13 times the power of two that the magnitude lies in leaves 11 bits of it, rounded as the processor rounds; below
    // 2^-14 the power is that, as subnormal numbers have one last place. What is left, times 2^-112, has the bits 13 places up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Narrow(Vector512<float> value)
    {
        Vector512<uint> sign = (value.AsUInt32() >> 16) & Vector512.Create(Sign);
        Vector512<float> magnitude = Vector512.MinNative(Vector512.Abs(value), Vector512.Create(Largest));
        Vector512<uint> power = Vector512.Max(magnitude.AsUInt32() & Vector512.Create(0x7f80_0000u), Vector512.Create(0x3880_0000u));
        Vector512<float> shift = (power + Vector512.Create(13u << 23)).AsSingle();
        Vector512<float> rounded = magnitude + shift - shift;
        return ((rounded * Vector512.Create(1.925929944387236e-34f)).AsUInt32() >> 13) | sign;
    }

    private static float Clamp(float value) => Math.Clamp(value, -Largest, Largest);
}
