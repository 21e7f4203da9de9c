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

    // What a half must be at least so that rounding does not swallow its mark.
    private readonly Half _least = HalfRows.AtLeast(HalfRows.LeastChange / (float)strength);

    protected override bool IsFactor => true;

    protected override bool KeepsTop => true;

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

        double signed = AddRise(sums.Signed, MemoryMarshal.Cast<float, int>(row), BitConverter.SingleToInt32Bits(max), max, signs, sums.Start, sums.End);
        if (!TryFactors(sums.Sum, signed, max, out float factor, out float step, out float top))
        {
            return RowVerdict.Unmarked;
        }

        RowUpdate.Scale(row, signs, factor, step, max, top, sums.Start, sums.End);
        return RowVerdict.Marked;
    }

    protected override bool TryMark(Span<Half> row, HalfRange range, ReadOnlySpan<byte> signs)
    {
        if (row.Length < 2 || range.Least < Half.Zero || !HasBetween(row, range.Most))
        {
            return false;
        }

        float max = (float)range.Most;
        HalfSums.Of(row, signs, squares: false, out double sum, out double signed);
        signed = AddRise(signed, MemoryMarshal.Cast<Half, short>(row), BitConverter.HalfToInt16Bits(range.Most), max, signs, 0, row.Length);
        if (!TryFactors(sum, signed, max, out float factor, out float step, out float top) || !HalfRows.TryLift(top, out top))
        {
            return false;
        }

        HalfUpdate.Scale(row, signs, factor, step, max, top);
        return true;
    }

    // The largest goes up in every row. So another one must change too, or nobody can tell the row from that of another licensee.
    private bool HasBetween(ReadOnlySpan<Half> row, Half most) =>
        _least < most
        && MemoryMarshal.Cast<Half, short>(row).ContainsAnyInRange(
            BitConverter.HalfToInt16Bits(_least), (short)(BitConverter.HalfToInt16Bits(most) - 1));

    // What is largest goes up, whatever its signs. It is looked for by its bits, which is quick.
    private static double AddRise<T>(
        double signed, ReadOnlySpan<T> bits, T largest, float max, ReadOnlySpan<byte> signs, int start, int end)
        where T : IEquatable<T>
    {
        for (int i = start, next; (next = bits[i..end].IndexOf(largest)) >= 0; i += next + 1)
        {
            int place = i + next;
            signed += ((signs[place >> 3] >> (place & 7)) & 1) == 0 ? 0 : 2d * max;
        }

        return signed;
    }

    private bool TryFactors(double sum, double signed, float max, out float factor, out float step, out float top)
    {
        double mean = ((double)_up + _down) / 2;
        double difference = ((double)_up - _down) / 2;
        double scale = sum / ((mean * sum) + (difference * signed));
        factor = (float)(mean * scale);
        step = (float)(difference * scale);
        top = MathF.BitIncrement(max * (factor + step));
        return float.IsFinite(top);
    }
}
