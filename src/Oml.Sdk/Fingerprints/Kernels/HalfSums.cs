using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary><see cref="SignedSums"/> of a row of halves, bit for bit those of the same row of floats.</summary>
internal static class HalfSums
{
    private const int Lanes = 16;

    /// <summary>Adds up.</summary>
    /// <param name="row">Finite elements.</param>
    /// <param name="signs">A bit for each, the lowest first, and <see cref="LogitRows.Slack"/> bytes more; 1 is minus.</param>
    /// <param name="squares">Whether <paramref name="sum"/> is that of the squares.</param>
    /// <param name="sum">The sum of the magnitudes, or of the squares.</param>
    /// <param name="signed">The sum of the elements with the signs.</param>
    public static void Of(ReadOnlySpan<Half> row, ReadOnlySpan<byte> signs, bool squares, out double sum, out double signed)
    {
        Span<double> sums = stackalloc double[Lanes];
        Span<double> signedSums = stackalloc double[Lanes];
        int done = Vector512.IsHardwareAccelerated ? Add512(row, signs, squares, sums, signedSums, 0)
            : Vector256.IsHardwareAccelerated ? Add256(row, signs, squares, sums, signedSums, 0)
            : 0;

        // Elements of even number are apart from those of odd number, and none is scaled back; that loses nothing.
        for (int i = done; i < row.Length; i++)
        {
            double value = (double)row[i] * HalfBits.Scale;
            int at = ((i & 1) * (Lanes / 2)) + ((i & (Lanes - 1)) >> 1);
            sums[at] += squares ? value * value : Math.Abs(value);
            signedSums[at] += ((signs[i >> 3] >> (i & 7)) & 1) == 0 ? value : -value;
        }

        double unscale = HalfBits.Unscale;
        sum = Total(sums) * (squares ? unscale * unscale : unscale);
        signed = Total(signedSums) * unscale;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Add512(
        ReadOnlySpan<Half> row, ReadOnlySpan<byte> signs, bool squares, Span<double> sums, Span<double> signedSums, uint zero)
    {
        ref Half first = ref MemoryMarshal.GetReference(row);
        ref byte bits = ref MemoryMarshal.GetReference(signs);
        Vector512<float> sign = Vector512.Create(zero | 0x8000_0000u).AsSingle();
        Vector512<float> evens = HalfLanes512.Pattern(zero);
        Vector512<float> odds = HalfLanes512.Pattern(zero + 1);
        Vector512<double> sumEven = default, sumOdd = default, signedEven = default, signedOdd = default;
        int i = 0;
        for (; i <= row.Length - HalfLanes512.Count; i += HalfLanes512.Count)
        {
            Vector512<float> all = FloatLanes512.Bits(in bits, i);
            HalfLanes512.Load(in first, i, out Vector512<float> even, out Vector512<float> odd);
            even = FloatLanes512.Flip(even, all, evens, sign);
            odd = FloatLanes512.Flip(odd, all, odds, sign);
            Add(Vector512.WidenLower(even), squares, ref sumEven, ref signedEven);
            Add(Vector512.WidenLower(odd), squares, ref sumOdd, ref signedOdd);
            Add(Vector512.WidenUpper(even), squares, ref sumEven, ref signedEven);
            Add(Vector512.WidenUpper(odd), squares, ref sumOdd, ref signedOdd);
        }

        sumEven.CopyTo(sums);
        sumOdd.CopyTo(sums[(Lanes / 2)..]);
        signedEven.CopyTo(signedSums);
        signedOdd.CopyTo(signedSums[(Lanes / 2)..]);
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Add256(
        ReadOnlySpan<Half> row, ReadOnlySpan<byte> signs, bool squares, Span<double> sums, Span<double> signedSums, uint zero)
    {
        ref Half first = ref MemoryMarshal.GetReference(row);
        ref byte bits = ref MemoryMarshal.GetReference(signs);
        Vector256<float> sign = Vector256.Create(zero | 0x8000_0000u).AsSingle();
        Vector256<float> evens = HalfLanes256.Pattern(zero);
        Vector256<float> odds = HalfLanes256.Pattern(zero + 1);
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        Vector256<double> signed0 = default, signed1 = default, signed2 = default, signed3 = default;
        int i = 0;
        for (; i <= row.Length - HalfLanes256.Count; i += HalfLanes256.Count)
        {
            Vector256<float> all = FloatLanes256.Bits(in bits, i);
            HalfLanes256.Load(in first, i, out Vector256<float> even, out Vector256<float> odd);
            even = FloatLanes256.Flip(even, all, evens, sign);
            odd = FloatLanes256.Flip(odd, all, odds, sign);
            Add(Vector256.WidenLower(even), squares, ref sum0, ref signed0);
            Add(Vector256.WidenUpper(even), squares, ref sum1, ref signed1);
            Add(Vector256.WidenLower(odd), squares, ref sum2, ref signed2);
            Add(Vector256.WidenUpper(odd), squares, ref sum3, ref signed3);
        }

        sum0.CopyTo(sums);
        sum1.CopyTo(sums[4..]);
        sum2.CopyTo(sums[8..]);
        sum3.CopyTo(sums[12..]);
        signed0.CopyTo(signedSums);
        signed1.CopyTo(signedSums[4..]);
        signed2.CopyTo(signedSums[8..]);
        signed3.CopyTo(signedSums[12..]);
        return i;
    }

    // The square of a float is exact, so that a fused addition rounds as any other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<double> value, bool squares, ref Vector512<double> sum, ref Vector512<double> signed)
    {
        sum = squares ? Vector512.FusedMultiplyAdd(value, value, sum) : sum + Vector512.Abs(value);
        signed += value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<double> value, bool squares, ref Vector256<double> sum, ref Vector256<double> signed)
    {
        sum = squares ? Vector256.FusedMultiplyAdd(value, value, sum) : sum + Vector256.Abs(value);
        signed += value;
    }

    // Partial sum j + 8 is added to j, then j + 4, j + 2 and j + 1 likewise: places as the elements of even and of odd number have them.
    private static double Total(Span<double> sums)
    {
        for (int half = Lanes / 4; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
                sums[(Lanes / 2) + i] += sums[(Lanes / 2) + i + half];
            }
        }

        return sums[0] + sums[Lanes / 2];
    }
}
