using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Turns one row of a suspect into a residual of unit length, in which only the signs of a carrier should stand out.</summary>
internal static class EvidenceRow
{
    private const double Winsor = 3;

    // A residual this much smaller than the row is rounding of doubles, not a mark.
    private const double Nothing = 1e-9;

    /// <summary>What an affine function of the reference leaves of the suspect.</summary>
    /// <returns>False if the row says nothing: not finite or constant.</returns>
    public static bool TryInformed(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference, Span<double> residual)
    {
        float limit = LeastScore(reference);
        if (!TryCentre(reference, reference, limit, residual, out double referencePower))
        {
            return false;
        }

        double[] centred = residual.ToArray();
        if (!TryCentre(suspect, reference, limit, residual, out double power))
        {
            return false;
        }

        Subtract(residual, centred, Dot(centred, residual) / referencePower);
        Normalise(residual, Nothing * Math.Sqrt(power));
        return true;
    }

    /// <summary>What is left of the suspect's own row: centred, without the baseline, in standard deviations, outliers drawn in.</summary>
    /// <param name="suspect">The row.</param>
    /// <param name="baseline">The row whose share is taken out; finite, or empty for none.</param>
    /// <param name="residual">As many elements.</param>
    /// <returns>False if the row says nothing: not finite or constant.</returns>
    public static bool TryBlind(ReadOnlySpan<float> suspect, ReadOnlySpan<float> baseline, Span<double> residual)
    {
        float limit = LeastScore(suspect);
        if (!TryCentre(suspect, suspect, limit, residual, out double power))
        {
            return false;
        }

        if (!baseline.IsEmpty)
        {
            // Centred anew over the places that count here: a masked place must stay 0.
            double[] centred = new double[baseline.Length];
            if (TryCentre(baseline, suspect, limit, centred, out double baselinePower))
            {
                Subtract(residual, centred, Dot(centred, residual) / baselinePower);
            }
        }

        int scores = CountScores(suspect, limit);
        double deviation = Math.Sqrt(Dot(residual, residual) / scores);
        if (deviation > 0)
        {
            foreach (ref double value in residual)
            {
                value = Math.Clamp(value, -Winsor * deviation, Winsor * deviation);
            }
        }

        Normalise(residual, Nothing * Math.Sqrt(power));
        return true;
    }

    /// <summary>Whether a row is finite and its scores are not all equal.</summary>
    public static bool Varies(ReadOnlySpan<float> row) => TryCentre(row, row, LeastScore(row), new double[row.Length], out _);

    /// <summary>The inner product of two vectors.</summary>
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    // The smallest element that is a score and no mask; NaN if one is not finite.
    private static float LeastScore(ReadOnlySpan<float> row)
    {
        float max = float.NegativeInfinity;
        float min = float.PositiveInfinity;
        foreach (float value in row)
        {
            if (!float.IsFinite(value))
            {
                return float.NaN;
            }

            max = MathF.Max(max, value);
            min = MathF.Min(min, value);
        }

        if (!(max - min > MaskRule.Distance))
        {
            return min;
        }

        float[] descending = row.ToArray();
        descending.AsSpan().Sort();
        descending.AsSpan().Reverse();
        return descending[MaskRule.CountScores(descending) - 1];
    }

    // A row less its mean. Places where the judge is below the limit are masked: they become 0 and do not count.
    private static bool TryCentre(ReadOnlySpan<float> row, ReadOnlySpan<float> judge, float limit, Span<double> centred, out double power)
    {
        power = 0;
        double sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            if (float.IsNaN(limit) || !float.IsFinite(row[i]))
            {
                return false;
            }

            sum += judge[i] >= limit ? row[i] : 0d;
        }

        double mean = sum / CountScores(judge, limit);
        bool varies = false;
        float some = float.NaN;
        for (int i = 0; i < row.Length; i++)
        {
            if (!(judge[i] >= limit))
            {
                centred[i] = 0;
                continue;
            }

            varies |= some != row[i] && !float.IsNaN(some);
            some = row[i];
            centred[i] = row[i] - mean;
            power += centred[i] * centred[i];
        }

        return varies;
    }

    private static int CountScores(ReadOnlySpan<float> judge, float limit)
    {
        int count = 0;
        foreach (float value in judge)
        {
            count += value >= limit ? 1 : 0;
        }

        return count;
    }

    private static void Subtract(Span<double> residual, ReadOnlySpan<double> other, double share)
    {
        for (int i = 0; i < residual.Length; i++)
        {
            residual[i] -= share * other[i];
        }
    }

    private static void Normalise(Span<double> residual, double floor)
    {
        double norm = Math.Sqrt(Dot(residual, residual));
        double scale = norm > floor ? 1 / norm : 0;
        foreach (ref double value in residual)
        {
            value *= scale;
        }
    }
}
