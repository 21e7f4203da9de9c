namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Rows of another floating-point format, which are marked as binary32 rows and carry the mark back (docs/spec/fingerprint.md §3.1).</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
internal interface IRowFormat<T>
    where T : unmanaged
{
    /// <summary>How much of a row's magnitude a change must be so that rounding does not swallow it: four units of the last place at most.</summary>
    static abstract float LeastPart { get; }

    /// <summary>How much a change must be so that rounding does not swallow it, beside however small a number: a unit of the last place of the smallest.</summary>
    static abstract float LeastChange { get; }

    /// <summary>Where the first NaN or infinity of a row is, or -1.</summary>
    static abstract int FirstNonFinite(ReadOnlySpan<T> row);

    /// <summary>Whether <see cref="TryCarry"/> looks at what <see cref="TryWiden"/> made of the row.</summary>
    static abstract bool NeedsClean { get; }

    /// <summary>Converts elements to binary32, rounding where it must.</summary>
    /// <param name="row">At least one element.</param>
    /// <param name="wide">Room for as many.</param>
    /// <param name="max">The largest element, if all are converted.</param>
    /// <returns>False if an element is not finite, or beyond the range of binary32.</returns>
    static abstract bool TryWiden(ReadOnlySpan<T> row, Span<float> wide, out T max);

    /// <summary>Writes what a mark makes of a row.</summary>
    /// <param name="row">The row, which becomes the marked one.</param>
    /// <param name="max">Its largest element.</param>
    /// <param name="clean">What <see cref="TryWiden"/> made of it, if that is needed.</param>
    /// <param name="marked">The marked form of that.</param>
    /// <param name="isFactor">Whether the mark is a factor of every element, or else something that is added.</param>
    /// <param name="keepsTop">Whether the places where the row is largest must stay those, and no others.</param>
    /// <returns>False, and the row as it was, if its largest element cannot go up.</returns>
    static abstract bool TryCarry(Span<T> row, T max, ReadOnlySpan<float> clean, ReadOnlySpan<float> marked, bool isFactor, bool keepsTop);
}
