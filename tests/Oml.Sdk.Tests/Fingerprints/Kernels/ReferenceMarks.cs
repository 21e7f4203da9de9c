using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

/// <summary>The marks of docs/spec/fingerprint.md §8, §9 and §13, written down a second time and without any thought of speed.</summary>
internal static class ReferenceMarks
{
    public static RowVerdict Probabilities(float[] row, ReadOnlySpan<byte> keystream, double strength)
    {
        if (row.Any(p => !float.IsFinite(p)))
        {
            return RowVerdict.NonFinite;
        }

        float max = row.Max();
        if (row.Length < 2 || max == 0 || row.Any(p => p < 0))
        {
            return RowVerdict.Unmarked;
        }

        bool[] minus = Signs(row, keystream);
        double sum = Sum(row, p => p);
        double signed = Sum([.. row.Select((p, i) => minus[i] ? -p : p)], p => p);
        for (int i = 0; i < row.Length; i++)
        {
            signed += row[i] == max && minus[i] ? 2d * max : 0;
        }

        double u = (float)Math.Exp(strength);
        double d = (float)Math.Exp(-strength);
        double a = (u + d) / 2;
        double b = (u - d) / 2;
        double k = sum / ((a * sum) + (b * signed));
        float g = (float)(a * k);
        float h = (float)(b * k);
        float top = MathF.BitIncrement(max * (g + h));
        if (!float.IsFinite(top))
        {
            return RowVerdict.Unmarked;
        }

        for (int i = 0; i < row.Length; i++)
        {
            row[i] = row[i] == max ? top : row[i] * (minus[i] ? g - h : g + h);
        }

        return RowVerdict.Marked;
    }

    public static RowVerdict Embeddings(float[] row, ReadOnlySpan<byte> keystream, double cosine)
    {
        if (row.Any(y => !float.IsFinite(y)))
        {
            return RowVerdict.NonFinite;
        }

        bool[] minus = Signs(row, keystream);
        double power = Sum(row, y => y * y);
        double along = Sum([.. row.Select((y, i) => minus[i] ? -y : y)], y => y);
        double across = row.Length - (along * along / power);
        if (row.Length < 128 || power == 0 || power >= Math.ScaleB(1, 236) || across <= row.Length * 1e-6)
        {
            return RowVerdict.Unmarked;
        }

        double sine = Math.Sqrt((1 - cosine) * (1 + cosine));
        float g = (float)(cosine - (sine * along / Math.Sqrt(power * across)));
        float h = (float)(sine * Math.Sqrt(power / across));
        for (int i = 0; i < row.Length; i++)
        {
            float turned = g * row[i];
            row[i] = minus[i] ? turned - h : turned + h;
        }

        return RowVerdict.Marked;
    }

    /// <summary>Of samples of 128 values or more.</summary>
    public static RowVerdict Values(float[] row, ReadOnlySpan<byte> keystream, double error)
    {
        if (row.Any(y => !float.IsFinite(y)))
        {
            return RowVerdict.NonFinite;
        }

        float largest = row.Max(Math.Abs);
        if (largest < MathF.ScaleB(1, -126) || largest >= MathF.ScaleB(1, 127))
        {
            return RowVerdict.Unmarked;
        }

        bool[] minus = Signs(row, keystream);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] *= minus[i] ? 1 - (float)error : 1 + (float)error;
        }

        return RowVerdict.Marked;
    }

    private static bool[] Signs(float[] row, ReadOnlySpan<byte> keystream)
    {
        int offset = row.Length < 128 ? 128 * Array.FindIndex(row, z => z == row.Max()) : 0;
        bool[] minus = new bool[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            minus[i] = ((keystream[(offset + i) / 8] >> ((offset + i) % 8)) & 1) != 0;
        }

        return minus;
    }

    private static double Sum(float[] row, Func<double, double> term)
    {
        double[] sums = new double[16];
        for (int i = 0; i < row.Length; i++)
        {
            sums[i % 16] += term(row[i]);
        }

        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }
}
