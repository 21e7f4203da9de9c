using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks embeddings: turns each row by a small angle towards the signs (docs/spec/fingerprint.md §9).</summary>
internal sealed class EmbeddingFingerprintEmbedder(CarrierKey key, double cosine, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, refuseNonFinite)
{
    private readonly double _sine = Math.Sqrt((1 - cosine) * (1 + cosine));

    protected override bool TryMark(Span<float> row, ReadOnlySpan<byte> signs)
    {
        // Shorter rows carry signs by their largest element, which a turn may change.
        if (row.Length < CarrierLayout.BlockElements)
        {
            return false;
        }

        double power = 0;
        double along = 0;
        for (int i = 0; i < row.Length; i++)
        {
            power += (double)row[i] * row[i];
            along += IsMinus(signs, i) ? -row[i] : row[i];
        }

        // The part of the signs that is across the row has the length √(V − ⟨s, y⟩²/‖y‖²).
        double across = row.Length - (along * along / power);
        if (!(power > 0) || !(across > row.Length * 1e-6))
        {
            return false;
        }

        double keep = cosine - (_sine * along / Math.Sqrt(power * across));
        double add = _sine * Math.Sqrt(power / across);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (float)((keep * row[i]) + (IsMinus(signs, i) ? -add : add));
        }

        return true;
    }
}
