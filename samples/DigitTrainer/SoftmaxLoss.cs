namespace DigitTrainer;

/// <summary>The cross-entropy of the softmax of the logits: how surprised the network is by the right answer.</summary>
internal static class SoftmaxLoss
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;
    private const int SeriesTerms = 14;

    /// <summary>The loss for one picture, and its gradient by the logits.</summary>
    public static double Measure(ReadOnlySpan<float> logits, int digit, out float[] gradient)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        Span<double> powers = stackalloc double[logits.Length];
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            powers[i] = Exp(logits[i] - (double)largest);
            sum += powers[i];
        }

        gradient = new float[logits.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = (float)((powers[i] / sum) - (i == digit ? 1 : 0));
        }

        // Only printed, so the platform's own logarithm will do.
        return -Math.Log(powers[digit] / sum);
    }

    // Math.Exp may differ in the last bit from one platform to another, and the weights would follow.
    private static double Exp(double x)
    {
        double whole = Math.Floor((x * Log2E) + 0.5);
        double rest = x - (whole * Ln2);
        double sum = 1;
        for (int term = SeriesTerms; term > 0; term--)
        {
            sum = 1 + (rest * sum / term);
        }

        return Math.ScaleB(sum, (int)whole);
    }
}
