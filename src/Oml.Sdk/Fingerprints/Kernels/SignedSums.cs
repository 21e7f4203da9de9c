using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The sums that a mark needs of a row, in binary64 and in an order that every width keeps.</summary>
/// <remarks>
/// Element i goes to partial sum i mod 16. At the end partial sum j + 8 is added to j, then j + 4, j + 2 and j + 1 likewise. So the last bits do
/// not depend on the machine.
/// </remarks>
internal static class SignedSums
{
    private const int Lanes = 16;

    /// <summary>Adds up.</summary>
    /// <param name="row">Finite elements.</param>
    /// <param name="signs">A bit for each, the lowest first; 1 is minus.</param>
    /// <param name="squares">Whether <paramref name="sum"/> is that of the squares.</param>
    /// <param name="sum">The sum of the elements, or of their squares.</param>
    /// <param name="signed">The sum of the elements with the signs.</param>
    public static void Of(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs, bool squares, out double sum, out double signed) =>
        Of(row, signs, squares, out sum, out signed, KernelDispatch.Widest);

    /// <summary>The same with a chosen kernel.</summary>
    public static void Of(
        ReadOnlySpan<float> row, ReadOnlySpan<byte> signs, bool squares, out double sum, out double signed, KernelWidth width)
    {
        Span<double> sums = stackalloc double[Lanes];
        Span<double> signedSums = stackalloc double[Lanes];
        int done = Avx2.IsSupported && width >= KernelWidth.Vector256 ? AddWide(row, signs, squares, sums, signedSums) : 0;
        for (int i = done; i < row.Length; i++)
        {
            double value = row[i];
            sums[i & (Lanes - 1)] += squares ? value * value : value;
            signedSums[i & (Lanes - 1)] += ((signs[i >> 3] >> (i & 7)) & 1) == 0 ? value : -value;
        }

        sum = Total(sums);
        signed = Total(signedSums);
    }

    // Vectors of 256 bits on every machine: wider ones, where it has none, would be kept in memory between operations.
    private static int AddWide(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs, bool squares, Span<double> sums, Span<double> signedSums)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        ref byte bits = ref MemoryMarshal.GetReference(signs);
        Vector256<ulong> places = Vector256.Create(63ul, 62, 61, 60);
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        Vector256<double> signed0 = default, signed1 = default, signed2 = default, signed3 = default;
        int i = 0;
        for (; i <= row.Length - Lanes; i += Lanes)
        {
            (Vector256<double> x0, Vector256<double> x1) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)i));
            (Vector256<double> x2, Vector256<double> x3) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)i + 8));
            Vector256<ulong> all = Vector256.Create((ulong)Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bits, i >> 3)));
            sum0 = Add(sum0, x0, squares);
            sum1 = Add(sum1, x1, squares);
            sum2 = Add(sum2, x2, squares);
            sum3 = Add(sum3, x3, squares);
            signed0 += Flip(x0, all, places);
            signed1 += Flip(x1, all >> 4, places);
            signed2 += Flip(x2, all >> 8, places);
            signed3 += Flip(x3, all >> 12, places);
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
    private static Vector256<double> Add(Vector256<double> sum, Vector256<double> value, bool squares) =>
        squares ? Vector256.FusedMultiplyAdd(value, value, sum) : sum + value;

    // The bit of each element goes where its sign is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Flip(Vector256<double> value, Vector256<ulong> bits, Vector256<ulong> places) =>
        value ^ (Avx2.ShiftLeftLogicalVariable(bits, places) & Vector256.Create(1ul << 63)).AsDouble();

    private static double Total(Span<double> sums)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }
}
