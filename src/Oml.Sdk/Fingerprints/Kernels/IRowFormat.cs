namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Rows of another floating-point format, which are marked as binary32 rows and carry the mark back (docs/spec/fingerprint.md §3.1).</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
internal interface IRowFormat<T>
    where T : unmanaged
{
    /// <summary>How much of a row's magnitude a change must be so that rounding does not swallow it: four units of the last place at most.</summary>
    static abstract float LeastPart { get; }

    /// <summary>Where the first NaN or infinity of a row is, or -1.</summary>
    static abstract int FirstNonFinite(ReadOnlySpan<T> row);

    /// <summary>Converts finite elements to binary32, rounding where it must.</summary>
    /// <returns>False if an element is beyond the range of binary32.</returns>
    static abstract bool TryWiden(ReadOnlySpan<T> row, Span<float> wide);

    /// <summary>Writes what a mark makes of a row.</summary>
    /// <param name="row">The row, which becomes the marked one.</param>
    /// <param name="clean">What <see cref="TryWiden"/> made of it.</param>
    /// <param name="marked">The marked form of that.</param>
    /// <param name="isFactor">Whether the mark is a factor of every element, or else something that is added.</param>
    /// <param name="keepsTop">Whether the places where the row is largest must stay those, and no others.</param>
    /// <returns>False, and the row as it was, if its largest element cannot go up.</returns>
    static abstract bool TryCarry(Span<T> row, ReadOnlySpan<float> clean, ReadOnlySpan<float> marked, bool isFactor, bool keepsTop);
}
