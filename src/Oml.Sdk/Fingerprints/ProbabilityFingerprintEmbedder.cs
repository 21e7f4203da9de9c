using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks rows of probabilities (docs/spec/fingerprint.md §8).</summary>
internal sealed class ProbabilityFingerprintEmbedder(CarrierKey key, int rowLength, double strength, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, rowLength, refuseNonFinite)
{
    private const uint InfinityBits = 0x7f80_0000;

    private readonly float _up = (float)Math.Exp(strength);
    private readonly float _down = (float)Math.Exp(-strength);

    protected override bool IsFactor => true;

    protected override bool KeepsTop => true;

    // The largest goes up in every row. So another one must change too, or nobody can tell the row from that of another licensee.
    protected override bool Survives(ReadOnlySpan<float> clean, float leastPart, float leastChange) =>
        leastChange == 0 || RowScan.HasBetween(clean, leastChange / (float)strength);

    protected override RowVerdict Mark(Span<float> row, ReadOnlySpan<byte> signs)
    {
        RowSums sums = SignedSums.Of<SignedSums.Elements>(row, signs);
        float max = BitConverter.UInt32BitsToSingle(sums.LargestBits);
        if (sums.LargestBits >= InfinityBits)
        {
            // NaN, an infinity, or a sign, which a zero may have: seldom seen, so it may cost another look.
            if (!RowScan.TryMax(row, out max))
            {
                return RowVerdict.NonFinite;
            }

            if (RowScan.HasNegative(row))
            {
                return RowVerdict.Unmarked;
            }

            sums = sums with { Start = 0, End = row.Length };
        }

        if (row.Length < 2 || max == 0)
        {
            return RowVerdict.Unmarked;
        }

        // What is largest goes up, whatever its signs. It is looked for by its bits, which is quick.
        double signed = sums.Signed;
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(row[..sums.End]);
        uint largest = BitConverter.SingleToUInt32Bits(max);
        for (int i = sums.Start, next; (next = bits[i..].IndexOf(largest)) >= 0; i += next + 1)
        {
            int place = i + next;
            signed += ((signs[place >> 3] >> (place & 7)) & 1) == 0 ? 0 : 2d * max;
        }

        double mean = ((double)_up + _down) / 2;
        double difference = ((double)_up - _down) / 2;
        double scale = sums.Sum / ((mean * sums.Sum) + (difference * signed));
        float factor = (float)(mean * scale);
        float step = (float)(difference * scale);
        float top = MathF.BitIncrement(max * (factor + step));
        if (!float.IsFinite(top))
        {
            return RowVerdict.Unmarked;
        }

        RowUpdate.Scale(row, signs, factor, step, max, top, sums.Start, sums.End);
        return RowVerdict.Marked;
    }
}
