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
        float max = row.Max();
        (float low, float high) = Scores(samples, row, max);
        float step = relativeAmplitude * (high - low);
        float magnitude = Math.Max(Math.Abs(low), Math.Abs(high));
        if (!float.IsNormal(step) || step <= 0 || step > MathF.ScaleB(1, 101) || step < MathF.ScaleB(1, -22) * magnitude)
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

    private static (float Low, float High) Scores(float[] samples, float[] row, float max)
    {
        float[] sorted = [.. samples.OrderDescending()];
        int kept = Enumerable.Range(1, sorted.Length - 1)
            .Where(k => IsGap(sorted[k - 1] - sorted[k], k == 1 ? sorted[1] - sorted[^1] : sorted[0] - sorted[k - 1]))
            .DefaultIfEmpty(sorted.Length)
            .First();
        (float low, float high) = (sorted[kept - 1], sorted[0]);
        if (high - low > MathF.ScaleB(1, -17) * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            return (low, high);
        }

        for (float level = high; ;)
        {
            float limit = level + (MathF.ScaleB(1, -17) * Math.Abs(level));
            float[] above = [.. row.Where(z => z > limit)];
            if (above.Length == 0 || !IsGap(above.Min() - level, max - above.Min()))
            {
                return (low, max);
            }

            low = level = above.Min();
        }
    }

    private static bool IsGap(float gap, float spread) => gap > 104 && gap > 32 * spread;
}
