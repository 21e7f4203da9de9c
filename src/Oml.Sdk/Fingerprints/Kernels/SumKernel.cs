using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Adds up a row at one width, and finds the stretch of it that holds the largest element.</summary>
internal static class SumKernel<TKind, TLanes, TVector, TSumLanes, TSum>
    where TKind : struct, ISumKind
    where TLanes : struct, IFloatLanes<TVector>
    where TVector : struct
    where TSumLanes : struct, ISumLanes<TSum>
    where TSum : struct
{
    // The largest element is looked for in one part: long ones would make that dear, short ones the end of each.
    private const int LeastParts = 4;
    private const int LongestPart = 2048;

    /// <summary>Reads a row once.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="zero">0, see <see cref="RowCarrier"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RowSums Of(ReadOnlySpan<float> row, ReadOnlySpan<byte> signs, uint zero)
    {
        nint whole = row.Length & -SignedSums.Partials;
        nint part = nint.Max(nint.Min(whole / LeastParts, LongestPart) & -SignedSums.Partials, SignedSums.Partials);

        // What is left over, and zeros behind it: they change no sum, as none is -0. It is copied before the loop, as a call behind it would
        // have the sums kept in memory.
        Rest rest = default;
        row[(int)whole..].CopyTo(rest);

        ref float first = ref MemoryMarshal.GetReference(row);
        ref byte bits = ref MemoryMarshal.GetReference(signs);
        nint count = TSumLanes.Count;
        TSum sign = TSumLanes.Fill(BitConverter.UInt64BitsToDouble(zero | (1ul << 63)));
        TSum pattern0 = TSumLanes.Pattern(zero);
        TSum pattern1 = TSumLanes.Pattern(zero + (uint)count);
        TSum pattern2 = TSumLanes.Pattern(zero + (uint)(2 * count));
        TSum pattern3 = TSumLanes.Pattern(zero + (uint)(3 * count));
        TSum sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        TSum signed0 = default, signed1 = default, signed2 = default, signed3 = default;
        uint largest = 0;
        nint start = 0;
        nint end = 0;
        for (nint done = 0; done < row.Length;)
        {
            nint length = nint.Min(part, whole - done);
            ref float at = ref Unsafe.Add(ref first, done);
            ref byte word = ref Unsafe.Add(ref bits, done >> 3);
            if (length == 0)
            {
                at = ref Unsafe.As<Rest, float>(ref Unsafe.AsRef(in rest));
                length = SignedSums.Partials;
            }

            TVector max = TLanes.Fill(0f);
            for (nint i = 0; i < length; i += SignedSums.Partials)
            {
                max = Largest(max, ref at, i);
                TSum own = TSumLanes.Bits(in word, i);
                Add(ref at, i, own, pattern0, sign, ref sum0, ref signed0);
                Add(ref at, i + count, own, pattern1, sign, ref sum1, ref signed1);
                if (2 * TSumLanes.Count < SignedSums.Partials)
                {
                    Add(ref at, i + (2 * count), own, pattern2, sign, ref sum2, ref signed2);
                    Add(ref at, i + (3 * count), own, pattern3, sign, ref sum3, ref signed3);
                }
            }

            uint most = TLanes.MaxBitsOf(max);
            start = most > largest ? done : start;
            done += length;
            end = most >= largest ? done : end;
            largest = Math.Max(largest, most);
        }

        // Beside the marked row it would show the signs. Nobody reads this, but others can take its address, so the compiler keeps it.
        rest = default;
        return new RowSums(
            Total(sum0, sum1, sum2, sum3), Total(signed0, signed1, signed2, signed3), largest, (int)start, (int)nint.Min(end, row.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Largest(TVector max, ref float row, nint i)
    {
        if (TKind.OfSquares)
        {
            return max;
        }

        max = TLanes.MaxBits(max, TLanes.Load(ref row, i));
        return TLanes.Count < SignedSums.Partials ? TLanes.MaxBits(max, TLanes.Load(ref row, i + TLanes.Count)) : max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref float row, nint i, TSum bits, TSum pattern, TSum sign, ref TSum sum, ref TSum signed)
    {
        TSum value = TSumLanes.Load(ref row, i);
        sum = TKind.OfSquares ? TSumLanes.AddSquare(sum, value) : TSumLanes.Add(sum, value);
        signed = TSumLanes.Add(signed, TSumLanes.Flip(value, bits, pattern, sign));
    }

    // Partial sum j + 8 is added to j, then j + 4 and so on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Total(TSum sum0, TSum sum1, TSum sum2, TSum sum3) => TSumLanes.Total(
        2 * TSumLanes.Count < SignedSums.Partials
            ? TSumLanes.Add(TSumLanes.Add(sum0, sum2), TSumLanes.Add(sum1, sum3))
            : TSumLanes.Add(sum0, sum1));

    [InlineArray(SignedSums.Partials)]
    private struct Rest
    {
        private float _first;
    }
}
