using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The sums that a mark needs of a row, in binary64 and in an order that every width keeps.</summary>
/// <remarks>
/// <para>Element i goes to partial sum i mod 16. At the end partial sum j + 8 is added to j, then j + 4, j + 2 and j + 1 likewise. So the last
/// bits do not depend on the machine.</para>
/// <para>A sum is finite just if all elements are: of fewer than 2³¹ floats, each less than 2¹²⁸, it is less than 2¹⁵⁹, and of their
/// squares less than 2²⁸⁷, which binary64 holds; and no addition brings NaN or an infinity back to a number.</para>
/// </remarks>
internal static class SignedSums
{
    /// <summary>How many partial sums there are.</summary>
    public const int Partials = 16;

    /// <summary>Adds up, with the best kernel of this machine.</summary>
    /// <param name="row">At least one element, finite or not.</param>
    /// <param name="signs">A bit for each, the lowest first, and <see cref="LogitRows.Slack"/> bytes more; 1 is minus.</param>
    public static RowSums Of<TKind>(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs)
        where TKind : struct, ISumKind => Of<TKind>(row, signs, KernelDispatch.Widest);

    /// <summary>The same with a chosen kernel.</summary>
    public static RowSums Of<TKind>(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs, KernelWidth width)
        where TKind : struct, ISumKind =>
        Vector512.IsHardwareAccelerated && width >= KernelWidth.Vector512
            ? SumKernel<TKind, FloatLanes512, Vector512<float>, SumLanes512, Vector512<double>>.Of(row, signs, 0)
            : Vector256.IsHardwareAccelerated && width >= KernelWidth.Vector256
                ? SumKernel<TKind, FloatLanes256, Vector256<float>, SumLanes256, Vector256<double>>.Of(row, signs, 0)
                : OneByOne<TKind>(row, signs);

    private static RowSums OneByOne<TKind>(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs)
        where TKind : struct, ISumKind
    {
        Span<double> sums = stackalloc double[Partials];
        Span<double> signedSums = stackalloc double[Partials];
        uint largest = 0;
        for (int i = 0; i < row.Length; i++)
        {
            double value = row[i];
            sums[i % Partials] += TKind.OfSquares ? value * value : value;
            signedSums[i % Partials] += ((signs[i >> 3] >> (i & 7)) & 1) == 0 ? value : -value;
            largest = TKind.OfSquares ? 0 : Math.Max(largest, BitConverter.SingleToUInt32Bits(row[i]));
        }

        return new RowSums(Total(sums), Total(signedSums), largest, 0, row.Length);
    }

    private static double Total(Span<double> sums)
    {
        for (int half = Partials / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }

    /// <summary>The elements themselves.</summary>
    internal readonly struct Elements : ISumKind
    {
        public static bool OfSquares => false;
    }

    /// <summary>Their squares.</summary>
    internal readonly struct Squares : ISumKind
    {
        public static bool OfSquares => true;
    }
}
