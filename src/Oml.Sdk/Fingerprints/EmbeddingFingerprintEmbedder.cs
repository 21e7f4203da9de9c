using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks embeddings: turns each row by a small angle towards the signs (docs/spec/fingerprint.md §9).</summary>
internal sealed class EmbeddingFingerprintEmbedder(CarrierKey key, int rowLength, double cosine, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, rowLength, refuseNonFinite)
{
    private readonly double _sine = Math.Sqrt((1 - cosine) * (1 + cosine));

    protected override bool IsFactor => false;

    protected override bool KeepsTop => false;

    // All elements change by about as much, at least as much as if one alone made the row's length.
    protected override bool Survives(ReadOnlySpan<float> clean, float leastPart, float leastChange) =>
        leastChange == 0 || RowScan.LargestMagnitude(clean) * _sine >= leastChange * Math.Sqrt(clean.Length);

    protected override RowVerdict Mark(Span<float> row, ReadOnlySpan<byte> signs)
    {
        // The sum of the squares is finite just if all elements are.
        RowSums sums = SignedSums.Of<SignedSums.Squares>(row, signs);
        double power = sums.Sum;
        if (!double.IsFinite(power))
        {
            return RowVerdict.NonFinite;
        }

        // Shorter rows carry signs by their largest element, which a turn may change.
        if (row.Length < CarrierLayout.BlockElements)
        {
            return RowVerdict.Unmarked;
        }

        // The part of the signs that is across the row has the length √(V − ⟨s, y⟩²/‖y‖²).
        double along = sums.Signed;
        double across = row.Length - (along * along / power);
        if (!(power > 0) || !(across > row.Length * 1e-6))
        {
            return RowVerdict.Unmarked;
        }

        float keep = (float)(cosine - (_sine * along / Math.Sqrt(power * across)));
        float add = (float)(_sine * Math.Sqrt(power / across));
        if (!float.IsFinite(add))
        {
            return RowVerdict.Unmarked;
        }

        RowUpdate.ScaleAndAdd(row, signs, keep, add);
        return RowVerdict.Marked;
    }
}
