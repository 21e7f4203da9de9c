namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What a row is about, in 63 bits that a mark and a recomputation of the row seldom change: where each eighth of it is largest.</summary>
internal static class RowContext
{
    /// <summary>Parts of a row, of which the last takes what is left over.</summary>
    public const int Sections = 8;

    /// <summary>Computes the context of an unmarked row of 8 elements or more.</summary>
    public static ulong Of(ReadOnlySpan<float> row)
    {
        int length = row.Length / Sections;
        ulong context = 0;
        for (int i = 0; i < Sections; i++)
        {
            ReadOnlySpan<float> section = i == Sections - 1 ? row[(i * length)..] : row.Slice(i * length, length);
            context |= (ulong)(byte)CarrierLayout.TopClass(section) << (8 * i);
        }

        return context & ulong.MaxValue >> 1;
    }
}
