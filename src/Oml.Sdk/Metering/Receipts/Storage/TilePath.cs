using System.Globalization;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The path of the n-th file of a kind: three digits a folder, all but the last with an x before them, as in C2SP tlog-tiles.</summary>
internal static class TilePath
{
    /// <summary>How many records a file holds: hashes of a tile, receipts of a bundle.</summary>
    public const int Width = 256;

    public static string Of(string folder, long number)
    {
        string path = Digits(number);
        for (long rest = number / 1000; rest > 0; rest /= 1000)
        {
            path = Path.Combine("x" + Digits(rest), path);
        }

        return Path.Combine(folder, path);
    }

    /// <summary>How many files there are: the least number that has none.</summary>
    public static long Count(string folder)
    {
        long absent = 1;
        while (File.Exists(Of(folder, absent - 1)))
        {
            absent *= 2;
        }

        // Files have numbers from 0 without gaps, so those that are there end between two powers of two.
        long low = absent / 2;
        long high = absent - 1;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = File.Exists(Of(folder, middle)) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static string Digits(long number) => (number % 1000).ToString("000", CultureInfo.InvariantCulture);
}
