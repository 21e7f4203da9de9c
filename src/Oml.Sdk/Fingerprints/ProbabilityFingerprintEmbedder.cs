using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks rows of probabilities (docs/spec/fingerprint.md §8).</summary>
internal sealed class ProbabilityFingerprintEmbedder(CarrierKey key, int rowLength, double strength, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, rowLength, refuseNonFinite)
{
    private readonly float _up = (float)Math.Exp(strength);
    private readonly float _down = (float)Math.Exp(-strength);

    protected override bool IsFactor => true;

    protected override bool KeepsTop => true;

    // The largest goes up in every row. So another one must change too, or nobody can tell the row from that of another licensee.
    protected override bool Survives(ReadOnlySpan<float> clean, float leastPart, float leastChange) =>
        leastChange == 0 || RowScan.HasBetween(clean, leastChange / (float)strength);

    protected override bool TryMark(Span<float> row, float max, ReadOnlySpan<byte> signs)
    {
        if (row.Length < 2 || !(max > 0) || RowScan.HasNegative(row))
        {
            return false;
        }

        SignedSums.Of(row, signs, squares: false, out double sum, out double signed);

        // What is largest goes up, whatever its signs. It is looked for by its bits, which is quick.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(row);
        int largest = BitConverter.SingleToInt32Bits(max);
        for (int i = bits.IndexOf(largest); i >= 0;)
        {
            signed += ((signs[i >> 3] >> (i & 7)) & 1) == 0 ? 0 : 2d * max;
            int next = bits[(i + 1)..].IndexOf(largest);
            i = next < 0 ? -1 : i + 1 + next;
        }

        double mean = ((double)_up + _down) / 2;
        double difference = ((double)_up - _down) / 2;
        double scale = sum / ((mean * sum) + (difference * signed));
        float factor = (float)(mean * scale);
        float step = (float)(difference * scale);
        float top = MathF.BitIncrement(max * (factor + step));
        if (!float.IsFinite(top) || !double.IsFinite(sum))
        {
            return false;
        }

        RowUpdate.Scale(row, signs, factor, step, max, top);
        return true;
    }
}
