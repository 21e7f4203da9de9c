using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks rows of probabilities (docs/spec/fingerprint.md §8).</summary>
internal sealed class ProbabilityFingerprintEmbedder(CarrierKey key, int rowLength, double strength, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, rowLength, refuseNonFinite)
{
    private readonly float _up = (float)Math.Exp(strength);
    private readonly float _down = (float)Math.Exp(-strength);

    // What a half must be at least so that rounding does not swallow its mark.
    private readonly Half _least = HalfRows.AtLeast(HalfRows.LeastChange / (float)strength);

    protected override bool IsFactor => true;

    protected override bool KeepsTop => true;

    protected override bool TryMark(Span<float> row, float max, ReadOnlySpan<byte> signs)
    {
        if (row.Length < 2 || !(max > 0) || RowScan.HasNegative(row))
        {
            return false;
        }

        SignedSums.Of(row, signs, squares: false, out double sum, out double signed);
        signed = AddRise(signed, MemoryMarshal.Cast<float, int>(row), BitConverter.SingleToInt32Bits(max), max, signs);
        if (!double.IsFinite(sum) || !TryFactors(sum, signed, max, out float factor, out float step, out float top))
        {
            return false;
        }

        RowUpdate.Scale(row, signs, factor, step, max, top);
        return true;
    }

    protected override bool TryMark(Span<Half> row, HalfRange range, ReadOnlySpan<byte> signs)
    {
        if (row.Length < 2 || range.Least < Half.Zero || !HasBetween(row, range.Most))
        {
            return false;
        }

        float max = (float)range.Most;
        HalfSums.Of(row, signs, squares: false, out double sum, out double signed);
        signed = AddRise(signed, MemoryMarshal.Cast<Half, short>(row), BitConverter.HalfToInt16Bits(range.Most), max, signs);
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
    private static double AddRise<T>(double signed, ReadOnlySpan<T> bits, T largest, float max, ReadOnlySpan<byte> signs)
        where T : IEquatable<T>
    {
        for (int i = bits.IndexOf(largest); i >= 0;)
        {
            signed += ((signs[i >> 3] >> (i & 7)) & 1) == 0 ? 0 : 2d * max;
            int next = bits[(i + 1)..].IndexOf(largest);
            i = next < 0 ? -1 : i + 1 + next;
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
