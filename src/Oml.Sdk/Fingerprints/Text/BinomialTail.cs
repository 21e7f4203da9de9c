namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The upper tail of the binomial distribution, accurate where it is too small for a double.</summary>
internal static class BinomialTail
{
    private const double Log10E = 0.43429448190325182765;
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>The decimal logarithm of P(X ≥ <paramref name="successes"/>) for <paramref name="trials"/> coins that show 1 with a probability of <paramref name="chance"/>.</summary>
    public static double Log10(int successes, int trials, double chance)
    {
        if (successes <= 0)
        {
            return 0;
        }

        // From the side where terms fall, so that their sum converges and nothing cancels.
        return successes > trials * chance
            ? Math.Min(0, LogSum(successes, trials, chance) * Log10E)
            : Math.Log10(Math.Max(0, 1 - Math.Exp(LogSum(trials - successes + 1, trials, 1 - chance))));
    }

    // The logarithm of P(X ≥ k), k > trials · chance.
    private static double LogSum(int k, int trials, double chance)
    {
        double first = LogFactorial(trials) - LogFactorial(k) - LogFactorial(trials - k)
            + (k * Math.Log(chance)) + ((trials - k) * Math.Log(1 - chance));
        double odds = chance / (1 - chance);
        double term = 1;
        double sum = 1;
        for (int i = k; i < trials && term > sum * 1e-17; i++)
        {
            term *= odds * (trials - i) / (i + 1.0);
            sum += term;
        }

        return first + Math.Log(sum);
    }

    // Stirling's series, exact to double from 16 on.
    private static double LogFactorial(int n)
    {
        if (n < 16)
        {
            double product = 1;
            for (int i = 2; i <= n; i++)
            {
                product *= i;
            }

            return Math.Log(product);
        }

        double square = (double)n * n;
        return ((n + 0.5) * Math.Log(n)) - n + HalfLogTwoPi
            + ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (1.0 / (1680 * square))) / square)) / square)) / n;
    }
}
