namespace Oml.Sdk.Fingerprints;

/// <summary>Turns one row of a suspect into a residual of unit length, in which only the signs of a carrier should stand out.</summary>
internal static class EvidenceRow
{
    private const double Winsor = 3;
    private const double MaskFactor = 256;

    // A residual this much smaller than the row is rounding of doubles, not a mark.
    private const double Nothing = 1e-9;

    /// <summary>What an affine function of the reference leaves of the suspect.</summary>
    /// <returns>False if the row says nothing: not finite or constant.</returns>
    public static bool TryInformed(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference, Span<double> residual)
    {
        if (!TryCentre(reference, reference, residual, out double referencePower))
        {
            return false;
        }

        double[] centred = residual.ToArray();
        if (!TryCentre(suspect, reference, residual, out double power))
        {
            return false;
        }

        double slope = Dot(centred, residual) / referencePower;
        for (int i = 0; i < residual.Length; i++)
        {
            residual[i] -= slope * centred[i];
        }

        Normalise(residual, Nothing * Math.Sqrt(power));
        return true;
    }

    /// <summary>What is left of the suspect's own row: centred, without the baseline, in standard deviations, outliers drawn in.</summary>
    /// <returns>False if the row says nothing: not finite or constant.</returns>
    public static bool TryBlind(ReadOnlySpan<float> suspect, ReadOnlySpan<double> baseline, Span<double> residual)
    {
        if (!TryCentre(suspect, suspect, residual, out double power))
        {
            return false;
        }

        double floor = Nothing * Math.Sqrt(power);
        if (!baseline.IsEmpty)
        {
            double share = Dot(baseline, residual);
            for (int i = 0; i < residual.Length; i++)
            {
                residual[i] -= share * baseline[i];
            }
        }

        double deviation = Math.Sqrt(Dot(residual, residual) / residual.Length);
        if (deviation > 0)
        {
            foreach (ref double value in residual)
            {
                value = Math.Clamp(value, -Winsor * deviation, Winsor * deviation);
            }
        }

        Normalise(residual, floor);
        return true;
    }

    /// <summary>A row less its mean. Masked places (far below the largest element of <paramref name="judge"/>) become 0 and do not count.</summary>
    /// <returns>False if an element is not finite or all are equal.</returns>
    public static bool TryCentre(ReadOnlySpan<float> row, ReadOnlySpan<float> judge, Span<double> centred, out double power)
    {
        power = 0;
        float max = float.NegativeInfinity;
        for (int i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]) || !float.IsFinite(judge[i]))
            {
                return false;
            }

            max = MathF.Max(max, judge[i]);
        }

        double limit = -MaskFactor * Math.Max(1d, Math.Abs(max));
        double sum = 0;
        int count = 0;
        for (int i = 0; i < row.Length; i++)
        {
            if (judge[i] >= limit)
            {
                sum += row[i];
                count++;
            }
        }

        double mean = sum / count;
        bool varies = false;
        float some = float.NaN;
        for (int i = 0; i < row.Length; i++)
        {
            if (judge[i] < limit)
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
