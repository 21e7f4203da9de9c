using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks embeddings: turns each row by a small angle towards the signs (docs/spec/fingerprint.md §9).</summary>
internal sealed class EmbeddingFingerprintEmbedder(CarrierKey key, int rowLength, double cosine, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, rowLength, refuseNonFinite)
{
    // 2^236. The factor of an element is less than 2^9, and no element is longer than the row: so all stay below 2^128.
    private const double MostPower = 1.1042794154864902e71;

    private readonly double _sine = Math.Sqrt((1 - cosine) * (1 + cosine));

    protected override bool IsFactor => false;

    protected override bool KeepsTop => false;

    protected override RowVerdict Mark(Span<float> row, ReadOnlySpan<byte> signs)
    {
        // The sum of the squares is finite just if all elements are.
        RowSums sums = SignedSums.Of<SignedSums.Squares>(row, signs);
        if (!double.IsFinite(sums.Sum))
        {
            return RowVerdict.NonFinite;
        }

        // Shorter rows carry signs by their largest element, which a turn may change.
        if (row.Length < CarrierLayout.BlockElements)
        {
            return RowVerdict.Unmarked;
        }

        if (!TryTurn(row.Length, sums.Sum, sums.Signed, out float keep, out float add))
        {
            return RowVerdict.Unmarked;
        }

        RowUpdate.ScaleAndAdd(row, signs, keep, add);
        return RowVerdict.Marked;
    }

    protected override bool TryMark(Span<Half> row, HalfRange range, ReadOnlySpan<byte> signs)
    {
        // All elements change by about as much, at least as much as if one alone made the row's length.
        if (row.Length < CarrierLayout.BlockElements || range.Magnitude * _sine < HalfRows.LeastChange * Math.Sqrt(row.Length))
        {
            return false;
        }

        HalfSums.Of(row, signs, squares: true, out double power, out double along);
        if (!TryTurn(row.Length, power, along, out float keep, out float add))
        {
            return false;
        }

        HalfUpdate.ScaleAndAdd(row, signs, keep, add);
        return true;
    }

    private bool TryTurn(int length, double power, double along, out float keep, out float add)
    {
        // The part of the signs that is across the row has the length √(V − ⟨s, y⟩²/‖y‖²).
        double across = length - (along * along / power);
        keep = (float)(cosine - (_sine * along / Math.Sqrt(power * across)));
        add = (float)(_sine * Math.Sqrt(power / across));
        return power is > 0 and < MostPower && across > length * 1e-6;
    }
}
