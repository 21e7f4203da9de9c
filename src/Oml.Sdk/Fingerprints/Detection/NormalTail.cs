namespace Oml.Sdk.Fingerprints;

/// <summary>The upper tail of the standard normal distribution, accurate where it is too small for a double.</summary>
internal static class NormalTail
{
    private const double Log10E = 0.43429448190325182765;
    private const double HalfLog2Pi = 0.91893853320467274178;

    /// <summary>The decimal logarithm of P(Z ≥ t).</summary>
    public static double Log10(double t) => t < 3 ? Math.Log10(Near(t)) : ((-0.5 * t * t) - HalfLog2Pi + Math.Log(MillsRatio(t))) * Log10E;

    // 1/2 − φ(t)·(t + t³/3 + t⁵/(3·5) + …), Abramowitz and Stegun 26.2.11.
    private static double Near(double t)
    {
        if (t < -8)
        {
            return 1;
        }

        double term = t;
        double sum = t;
        for (int k = 3; Math.Abs(term) > 1e-18; k += 2)
        {
            term *= t * t / k;
            sum += term;
        }

        return 0.5 - (sum * Math.Exp((-0.5 * t * t) - HalfLog2Pi));
    }

    // 1/(t + 1/(t + 2/(t + 3/(t + …)))), Abramowitz and Stegun 26.2.14; a hundred levels are exact to double from t = 3 on.
    private static double MillsRatio(double t)
    {
        double tail = t;
        for (int k = 100; k >= 1; k--)
        {
            tail = t + (k / tail);
        }

        return 1 / tail;
    }
}
