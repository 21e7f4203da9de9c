using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The first pass over a row: its largest element, where that is, and whether all elements are finite.</summary>
internal static class RowScan
{
    /// <summary>What <see cref="Run"/> returns for a row with NaN or an infinity.</summary>
    public const int NonFinite = -1;

    /// <summary>Reads a row once.</summary>
    /// <param name="row">Its first element.</param>
    /// <param name="length">At least one step.</param>
    /// <param name="quarter">The length of each of the first three parts, a whole number of steps; the fourth takes the rest. 0 for one part.</param>
    /// <param name="max">The largest element if all are finite, otherwise unspecified.</param>
    /// <returns>Bit k is set if part k may hold the largest element; <see cref="NonFinite"/> if an element is not finite.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run<TLanes, TVector>(ref readonly float row, nint length, nint quarter, out float max)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        nint count = TLanes.Count;
        ref float first = ref Unsafe.AsRef(in row);
        ref float second = ref Unsafe.Add(ref first, quarter);
        ref float third = ref Unsafe.Add(ref second, quarter);
        ref float fourth = ref Unsafe.Add(ref third, quarter);

        // Four parts at a time hide the latency, and the second pass needs the guard only in the part of the maximum.
        TVector max0 = TLanes.Load(ref first, 0);
        TVector max1 = TLanes.Load(ref second, 0);
        TVector max2 = TLanes.Load(ref third, 0);
        TVector max3 = TLanes.Load(ref first, length - count);
        TVector bad0 = TLanes.Fill(0f);
        TVector bad1 = bad0;
        TVector bad2 = bad0;
        TVector bad3 = TLanes.Screen(bad0, max3);
        for (nint i = 0; i < quarter; i += count)
        {
            TVector v0 = TLanes.Load(ref first, i);
            TVector v1 = TLanes.Load(ref second, i);
            TVector v2 = TLanes.Load(ref third, i);
            TVector v3 = TLanes.Load(ref fourth, i);
            max0 = TLanes.Max(max0, v0);
            max1 = TLanes.Max(max1, v1);
            max2 = TLanes.Max(max2, v2);
            max3 = TLanes.Max(max3, v3);
            bad0 = TLanes.Screen(bad0, v0);
            bad1 = TLanes.Screen(bad1, v1);
            bad2 = TLanes.Screen(bad2, v2);
            bad3 = TLanes.Screen(bad3, v3);
        }

        // The last step, taken already, may overlap these: neither the maximum nor the check minds.
        for (nint i = 4 * quarter; i <= length - count; i += count)
        {
            TVector v = TLanes.Load(ref first, i);
            max3 = TLanes.Max(max3, v);
            bad3 = TLanes.Screen(bad3, v);
        }

        max = TLanes.MaxOf(TLanes.Max(TLanes.Max(max0, max1), TLanes.Max(max2, max3)));
        TVector all = TLanes.Fill(max);
        return !TLanes.NoneNaN(TLanes.Add(TLanes.Add(bad0, bad1), TLanes.Add(bad2, bad3)))
            ? NonFinite
            : (TLanes.AnyEqual(max0, all) ? 1 : 0) | (TLanes.AnyEqual(max1, all) ? 2 : 0)
                | (TLanes.AnyEqual(max2, all) ? 4 : 0) | (TLanes.AnyEqual(max3, all) ? 8 : 0);
    }

    /// <summary>The largest element of a row, by the best kernel of this machine.</summary>
    /// <param name="row">At least one element.</param>
    /// <param name="max">The largest element if all are finite, otherwise unspecified.</param>
    /// <returns>False if an element is not finite.</returns>
    public static bool TryMax(ReadOnlySpan<float> row, out float max)
    {
        ref readonly float first = ref MemoryMarshal.GetReference(row);
        int verdict = Vector512.IsHardwareAccelerated && row.Length >= FloatLanes512.Count
            ? Run<FloatLanes512, Vector512<float>>(in first, row.Length, (row.Length >> 2) & -FloatLanes512.Count, out max)
            : Vector256.IsHardwareAccelerated && row.Length >= FloatLanes256.Count
                ? Run<FloatLanes256, Vector256<float>>(in first, row.Length, (row.Length >> 2) & -FloatLanes256.Count, out max)
                : Vector128.IsHardwareAccelerated && row.Length >= FloatLanes128.Count
                    ? Run<FloatLanes128, Vector128<float>>(in first, row.Length, (row.Length >> 2) & -FloatLanes128.Count, out max)
                    : Run<FloatLanesScalar, float>(in first, row.Length, row.Length >> 2, out max);
        return verdict != NonFinite;
    }

    /// <summary>Whether an element is below 0, which −0 is not.</summary>
    public static bool HasNegative(ReadOnlySpan<float> row)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        int i = 0;
        bool any = false;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> even = default;
            Vector256<float> odd = default;
            for (; i <= row.Length - (2 * Vector256<float>.Count); i += 2 * Vector256<float>.Count)
            {
                even = Vector256.MinNative(even, Vector256.LoadUnsafe(ref first, (nuint)i));
                odd = Vector256.MinNative(odd, Vector256.LoadUnsafe(ref first, (nuint)(i + Vector256<float>.Count)));
            }

            any = Vector256.LessThanAny(Vector256.MinNative(even, odd), Vector256<float>.Zero);
        }

        for (; i < row.Length; i++)
        {
            any |= Unsafe.Add(ref first, i) < 0;
        }

        return any;
    }

    /// <summary>The largest magnitude of a row; it is not finite if an element is not.</summary>
    /// <param name="row">At least one element.</param>
    public static float LargestMagnitude(ReadOnlySpan<float> row)
    {
        ref readonly float first = ref MemoryMarshal.GetReference(row);
        return Vector512.IsHardwareAccelerated && row.Length >= FloatLanes512.Count
            ? LargestMagnitude<FloatLanes512, Vector512<float>>(in first, row.Length)
            : Vector256.IsHardwareAccelerated && row.Length >= FloatLanes256.Count
                ? LargestMagnitude<FloatLanes256, Vector256<float>>(in first, row.Length)
                : Vector128.IsHardwareAccelerated && row.Length >= FloatLanes128.Count
                    ? LargestMagnitude<FloatLanes128, Vector128<float>>(in first, row.Length)
                    : LargestMagnitude<FloatLanesScalar, float>(in first, row.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float LargestMagnitude<TLanes, TVector>(ref readonly float row, nint length)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        // Without their signs the bits are in the order of the numbers. The last step may overlap others.
        nint count = TLanes.Count;
        TVector max0 = TLanes.Magnitude(TLanes.Load(in row, length - count));
        TVector max1 = max0;
        TVector max2 = max0;
        TVector max3 = max0;
        nint i = 0;
        for (; i <= length - (4 * count); i += 4 * count)
        {
            max0 = TLanes.MaxBits(max0, TLanes.Magnitude(TLanes.Load(in row, i)));
            max1 = TLanes.MaxBits(max1, TLanes.Magnitude(TLanes.Load(in row, i + count)));
            max2 = TLanes.MaxBits(max2, TLanes.Magnitude(TLanes.Load(in row, i + (2 * count))));
            max3 = TLanes.MaxBits(max3, TLanes.Magnitude(TLanes.Load(in row, i + (3 * count))));
        }

        for (; i <= length - count; i += count)
        {
            max0 = TLanes.MaxBits(max0, TLanes.Magnitude(TLanes.Load(in row, i)));
        }

        return BitConverter.UInt32BitsToSingle(TLanes.MaxBitsOf(TLanes.MaxBits(TLanes.MaxBits(max0, max1), TLanes.MaxBits(max2, max3))));
    }

    /// <summary>Where the first NaN or infinity of a row is.</summary>
    /// <returns>Its index, or -1.</returns>
    public static int FirstNonFinite(ReadOnlySpan<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
