namespace Oml.Sdk.Fingerprints;

/// <summary>How much each residual of a sample says (docs/spec/fingerprint.md §13): small values drown in noise that is the same for all, such as that of rounding.</summary>
internal static class SampleWeights
{
    // Above it, weights are as squares of the values, and nothing more can be gained.
    private const double LargestNoise = 100;

    /// <summary>Fills in a weight for each value, 0 for values of 0; their mean over the others is 1.</summary>
    /// <param name="suspect">What the suspect answered.</param>
    /// <param name="reference">The clean values, not all 0.</param>
    /// <param name="weights">As many numbers.</param>
    public static void Fill(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference, Span<double> weights)
    {
        double noise = Noise(suspect, reference, out double power);
        double total = 0;
        int count = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double x = (double)reference[i] * reference[i] / power;
            weights[i] = reference[i] == 0 ? 0 : noise > 0 ? x / (x + noise) : 1;
            total += weights[i];
            count += reference[i] == 0 ? 0 : 1;
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] *= count / total;
        }
    }

    // Fits (y′ − g·y)² = b + a·y² by least squares, in units of the mean y²: b is the noise that all values have alike. Returns b/a.
    private static double Noise(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference, out double power)
    {
        double product = 0;
        double squares = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            product += (double)suspect[i] * reference[i];
            squares += (double)reference[i] * reference[i];
        }

        double scale = product / squares;
        power = squares / reference.Length;
        double errors = 0;
        double errorsTimesSquares = 0;
        double squaresOfSquares = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double x = (double)reference[i] * reference[i] / power;
            double difference = suspect[i] - (scale * reference[i]);
            double error = difference * difference / power;
            errors += error;
            errorsTimesSquares += error * x;
            squaresOfSquares += x * x;
        }

        double n = reference.Length;
        double slope = ((errorsTimesSquares / n) - (errors / n)) / ((squaresOfSquares / n) - 1);
        double same = (errors / n) - slope;
        return !double.IsFinite(slope) || same <= 0 ? 0 : slope * LargestNoise <= same ? LargestNoise : same / slope;
    }
}
