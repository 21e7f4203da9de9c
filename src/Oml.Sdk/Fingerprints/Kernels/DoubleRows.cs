namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Rows of binary64: they are marked by what the mark changes of the same row in binary32, and keep their own precision.</summary>
internal static class DoubleRows
{
    /// <summary>Where the first NaN or infinity of a row is, or -1.</summary>
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

    /// <summary>Converts elements to binary32, rounding where it must.</summary>
    /// <param name="row">At least one element.</param>
    /// <param name="wide">Room for as many.</param>
    /// <param name="max">The largest element, if all are converted.</param>
    /// <returns>False if an element is not finite, or beyond the range of binary32.</returns>
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

    /// <summary>Writes what a mark makes of a row.</summary>
    /// <param name="row">The row, which becomes the marked one.</param>
    /// <param name="max">Its largest element.</param>
    /// <param name="clean">What <see cref="TryWiden"/> made of it.</param>
    /// <param name="marked">The marked form of that.</param>
    /// <param name="isFactor">Whether the mark is a factor of every element, or else something that is added.</param>
    /// <param name="keepsTop">Whether the places where the row is largest must stay those, and no others.</param>
    public static void Carry(Span<double> row, double max, ReadOnlySpan<float> clean, ReadOnlySpan<float> marked, bool isFactor, bool keepsTop)
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
    }
}
