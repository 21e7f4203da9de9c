namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary><see cref="RowContext"/> of a row of halves: that of the same row of floats.</summary>
internal static class HalfContext
{
    /// <summary>Computes the context of an unmarked row of 8 finite elements or more.</summary>
    public static ulong Of(ReadOnlySpan<Half> row)
    {
        int length = row.Length / RowContext.Sections;
        ulong context = 0;
        for (int i = 0; i < RowContext.Sections; i++)
        {
            ReadOnlySpan<Half> section = i == RowContext.Sections - 1 ? row[(i * length)..] : row.Slice(i * length, length);
            HalfRange.TryRead(section, out HalfRange range);
            context |= (ulong)(byte)HalfRows.TopClass(section, range.Most) << (8 * i);
        }

        return context & ulong.MaxValue >> 1;
    }
}
