namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Tells the scores of a row from the masks of forbidden classes, which lie far below all of them.</summary>
/// <remarks>
/// A mask is whatever an application chose (−1e4, −65504, −1e9, each plain or added to the score), so it is known only by its distance: a
/// class more than 104 below another has probability 0 beside it (e⁻¹⁰⁴ &lt; 2⁻¹⁴⁹, the least float), and no row of scores has a gap of 32 times
/// the spread on its far side. Both are differences, so adding a constant to a row changes nothing.
/// </remarks>
internal static class MaskRule
{
    /// <summary>Closer values are never told apart.</summary>
    public const float Distance = 104f;

    private const float Factor = 32f;

    /// <summary>Whether a gap separates scores from masks.</summary>
    /// <param name="gap">Between two neighbours.</param>
    /// <param name="spread">Of the values on one side of it.</param>
    public static bool IsGap(float gap, float spread) => gap > Distance && gap > Factor * spread;

    /// <summary>How many of some values are scores.</summary>
    /// <param name="descending">At least one value, the largest first.</param>
    public static int CountScores(ReadOnlySpan<float> descending)
    {
        float first = descending[0];

        // One value has no spread to compare with; the values below it do.
        if (descending.Length > 1 && IsGap(first - descending[1], descending[1] - descending[^1]))
        {
            return 1;
        }

        for (int i = 2; i < descending.Length; i++)
        {
            if (IsGap(descending[i - 1] - descending[i], first - descending[i - 1]))
            {
                return i;
            }
        }

        return descending.Length;
    }
}
