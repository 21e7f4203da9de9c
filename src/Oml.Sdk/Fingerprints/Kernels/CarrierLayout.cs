using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Which signs of the keystream a row carries.</summary>
/// <remarks>
/// A row of 128 elements or more carries the first signs of the stream, the same in every row. V signs tell at most 2^V licensees
/// apart, which is too few for a short row; so a short row carries the block of 128 signs that its top-1 class chooses, and rows of
/// different classes add up to V · V signs. Embedding keeps the top-1 class exactly, so a detector sees which block was chosen.
/// </remarks>
internal static class CarrierLayout
{
    /// <summary>Signs of one AES block.</summary>
    public const int BlockElements = 128;

    // Below, setting them up costs more than a look at every element.
    private const int VectorsFrom = 64;

    /// <summary>Whether rows of this length carry the signs that their class chooses.</summary>
    public static bool IsByClass(int rowLength) => rowLength < BlockElements;

    /// <summary>How many signs of the stream rows of this length use in all.</summary>
    public static int StreamLength(int rowLength) => IsByClass(rowLength) ? rowLength * BlockElements : rowLength;

    /// <summary>Where in the stream the signs of a row begin.</summary>
    public static int OffsetOf(ReadOnlySpan<float> row) => IsByClass(row.Length) ? TopClass(row) * BlockElements : 0;

    /// <summary>The index of the largest element, the lowest one of equals; 0 if none is a number.</summary>
    public static int TopClass(ReadOnlySpan<float> row)
    {
        if (row.Length >= VectorsFrom && RowScan.TryMax(row, out float max))
        {
            // By their bits, which is quick; the two zeros are equal.
            ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(row);
            return max == 0 ? bits.IndexOfAny(0, int.MinValue) : bits.IndexOf(BitConverter.SingleToInt32Bits(max));
        }

        int top = 0;
        for (int i = 1; i < row.Length; i++)
        {
            top = row[i] > row[top] || (float.IsNaN(row[top]) && !float.IsNaN(row[i])) ? i : top;
        }

        return top;
    }
}
