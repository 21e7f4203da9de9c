namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Rows of binary64: they are marked by what the mark changes of the same row in binary32, and keep their own precision.</summary>
internal readonly struct DoubleRows : IRowFormat<double>
{
    // What binary32 keeps, binary64 keeps.
    public static float LeastPart => 0;

    public static float LeastChange => 0;

    public static int FirstNonFinite(ReadOnlySpan<double> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (!double.IsFinite(row[i]))
            {
                return i;
            }
        }

        return -1;
    }

    public static bool NeedsClean => true;

    public static bool TryWiden(ReadOnlySpan<double> row, Span<float> wide, out double max)
    {
        max = double.NegativeInfinity;
        for (int i = 0; i < row.Length; i++)
        {
            wide[i] = (float)row[i];
            if (!float.IsFinite(wide[i]))
            {
                return false;
            }

            max = Math.Max(max, row[i]);
        }

        return true;
    }

    public static bool TryCarry(Span<double> row, double max, ReadOnlySpan<float> clean, ReadOnlySpan<float> marked, bool isFactor, bool keepsTop)
    {
        // The largest element goes above all that the others become, so nothing can tie with it.
        double largest = double.NegativeInfinity;
        for (int i = 0; i < row.Length; i++)
        {
            double value = isFactor
                ? clean[i] == 0 ? row[i] : row[i] * ((double)marked[i] / clean[i])
                : row[i] + ((double)marked[i] - clean[i]);
            largest = Math.Max(largest, value);
            row[i] = keepsTop && row[i] == max ? double.PositiveInfinity : value;
        }

        for (int i = 0; keepsTop && i < row.Length; i++)
        {
            row[i] = double.IsPositiveInfinity(row[i]) ? Math.BitIncrement(largest) : row[i];
        }

        return true;
    }
}
