namespace Oml.Sdk.Outputs;

/// <summary>Keeps the k largest values of a row, the earlier of equal ones first, and makes the others −∞.</summary>
/// <remarks>
/// A few are found by keeping the largest so far, which nearly every value of a long row is below. More are found digit by digit (a radix
/// selection over four bytes), so the time does not depend on k or on the values, and neither a copy nor a heap is needed.
/// </remarks>
internal static class LargestValues
{
    private const int Digits = 256;
    private const int Few = 16;

    public static void Keep(Span<float> row, int k)
    {
        if (k >= row.Length)
        {
            return;
        }

        (uint threshold, int equal) = k <= Few ? FindFew(row, k) : Find(row, k);
        for (int i = 0; i < row.Length; i++)
        {
            uint rank = RankOf(row[i]);
            if (rank < threshold || (rank == threshold && --equal < 0))
            {
                row[i] = float.NegativeInfinity;
            }
        }
    }

    // The rank of the k-th largest value, and how many of those that have it are among the k.
    private static (uint Rank, int Count) Find(ReadOnlySpan<float> row, int k)
    {
        Span<int> counts = stackalloc int[Digits];
        uint prefix = 0, mask = 0;
        int wanted = k;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            counts.Clear();
            foreach (float value in row)
            {
                uint rank = RankOf(value);
                if ((rank & mask) == prefix)
                {
                    counts[(int)(rank >> shift) & (Digits - 1)]++;
                }
            }

            int digit = Digits - 1;
            for (; counts[digit] < wanted; digit--)
            {
                wanted -= counts[digit];
            }

            prefix |= (uint)digit << shift;
            mask |= (uint)(Digits - 1) << shift;
        }

        return (prefix, wanted);
    }

    // The same; the largest so far are sorted, the least of them first.
    private static (uint Rank, int Count) FindFew(ReadOnlySpan<float> row, int k)
    {
        Span<uint> largest = stackalloc uint[Few];
        largest = largest[..k];
        for (int i = 0; i < row.Length; i++)
        {
            uint rank = RankOf(row[i]);
            if (i >= k && rank <= largest[0])
            {
                continue;
            }

            // Until there are k, the least is a place that is free: rank 0, which nothing is below.
            int place = 0;
            for (; place + 1 < k && largest[place + 1] < rank; place++)
            {
                largest[place] = largest[place + 1];
            }

            largest[place] = rank;
        }

        uint threshold = largest[0];
        return (threshold, largest.LastIndexOf(threshold) + 1);
    }

    // Unsigned integers in the order of the values: −0 is 0, and what is no number is less than everything.
    private static uint RankOf(float value)
    {
        if (float.IsNaN(value))
        {
            return 0;
        }

        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }
}
