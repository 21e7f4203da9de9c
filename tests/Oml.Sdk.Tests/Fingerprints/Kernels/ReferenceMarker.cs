using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

/// <summary>The definition of the mark in docs/spec/fingerprint.md, written down a second time and without any thought of speed.</summary>
internal static class ReferenceMarker
{
    public static RowVerdict Mark(float[] row, ReadOnlySpan<byte> keystream, float relativeAmplitude)
    {
        if (row.Any(z => !float.IsFinite(z)))
        {
            return RowVerdict.NonFinite;
        }

        float[] samples = row.Length < 7 ? [.. row] : [.. Enumerable.Range(0, 7).Select(k => row[k * (row.Length / 7)])];
        float high = samples.Max();
        float limit = -256f * Math.Max(Math.Abs(high), 1f);
        float low = samples.Where(z => z >= limit).DefaultIfEmpty(high).Min();
        float max = row.Max();
        float spread = high > low ? high - low : max - low;
        float step = relativeAmplitude * spread;
        if (!float.IsNormal(step) || step <= 0 || step > MathF.ScaleB(1, 101))
        {
            return RowVerdict.Unmarked;
        }

        float top = Math.Min(MathF.BitIncrement(max + step), float.MaxValue);
        int offset = row.Length < 128 ? 128 * Array.IndexOf(row, max) : 0;
        for (int i = 0; i < row.Length; i++)
        {
            int bit = offset + i;
            bool minus = ((keystream[bit / 8] >> (bit % 8)) & 1) != 0;
            row[i] = row[i] == max ? top : minus ? row[i] - step : row[i] + step;
        }

        return RowVerdict.Marked;
    }
}
