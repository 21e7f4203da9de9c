namespace Oml.Sdk.Fingerprints;

/// <summary>Marks rows of probabilities (docs/spec/fingerprint.md §8).</summary>
internal sealed class ProbabilityFingerprintEmbedder(CarrierKey key, double strength, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, refuseNonFinite)
{
    private readonly float _up = (float)Math.Exp(strength);
    private readonly float _down = (float)Math.Exp(-strength);

    protected override bool TryMark(Span<float> row, ReadOnlySpan<byte> signs)
    {
        float max = 0;
        double before = 0;
        double after = 0;
        foreach (float p in row)
        {
            if (p < 0)
            {
                return false;
            }

            max = MathF.Max(max, p);
        }

        for (int i = 0; i < row.Length; i++)
        {
            before += row[i];
            after += (double)row[i] * Factor(row[i] == max, signs, i);
        }

        // A row of one probability, or of zeros, says nothing that could be changed.
        if (row.Length < 2 || max == 0 || !(after < double.MaxValue))
        {
            return false;
        }

        double scale = before / after;
        float top = MathF.BitIncrement((float)(max * (double)_up * scale));
        if (!float.IsFinite(top))
        {
            return false;
        }

        for (int i = 0; i < row.Length; i++)
        {
            row[i] = row[i] == max ? top : (float)(row[i] * (double)Factor(false, signs, i) * scale);
        }

        return true;
    }

    private float Factor(bool isTop, ReadOnlySpan<byte> signs, int index) => isTop || !IsMinus(signs, index) ? _up : _down;
}
