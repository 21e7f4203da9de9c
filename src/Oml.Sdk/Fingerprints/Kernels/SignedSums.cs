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

    // Vectors of 512 bits are pairs of 256 where the machine has no wider ones; the result is the same.
    private static int AddWide(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs, bool squares, Span<double> sums, Span<double> signedSums)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        ref byte bits = ref MemoryMarshal.GetReference(signs);
        Vector512<ulong> places = Vector512.Create(63ul, 62, 61, 60, 59, 58, 57, 56);
        Vector512<ulong> further = places - Vector512.Create(8ul);
        Vector512<double> low = default;
        Vector512<double> high = default;
        Vector512<double> signedLow = default;
        Vector512<double> signedHigh = default;
        int i = 0;
        for (; i <= row.Length - Lanes; i += Lanes)
        {
            (Vector512<double> x, Vector512<double> y) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            Vector512<ulong> both = Vector512.Create((ulong)Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bits, i >> 3)));

            // The square of a float is exact, so that a fused addition rounds as any other.
            low = squares ? Vector512.FusedMultiplyAdd(x, x, low) : low + x;
            high = squares ? Vector512.FusedMultiplyAdd(y, y, high) : high + y;
            signedLow += Flip(x, both, places);
            signedHigh += Flip(y, both, further);
        }

        low.CopyTo(sums);
        high.CopyTo(sums[8..]);
        signedLow.CopyTo(signedSums);
        signedHigh.CopyTo(signedSums[8..]);
        return i;
    }

    // The bit of each element goes where its sign is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Flip(Vector512<double> value, Vector512<ulong> bits, Vector512<ulong> places)
    {
        Vector512<ulong> signs = Avx512F.IsSupported
            ? Avx512F.ShiftLeftLogicalVariable(bits, places)
            : Vector512.Create(
                Avx2.ShiftLeftLogicalVariable(bits.GetLower(), places.GetLower()), Avx2.ShiftLeftLogicalVariable(bits.GetUpper(), places.GetUpper()));
        return value ^ (signs & Vector512.Create(1ul << 63)).AsDouble();
    }

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
