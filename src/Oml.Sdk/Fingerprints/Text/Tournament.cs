namespace Oml.Sdk.Fingerprints.Text;

/// <summary>What the layers of a tournament make of a distribution.</summary>
internal static class Tournament
{
    /// <summary>Changes probabilities in place.</summary>
    /// <param name="probabilities">They add up to 1, and do so afterwards.</param>
    /// <param name="bits">The g-values of each candidate: bit l is that of layer l.</param>
    /// <param name="depth">The number of layers.</param>
    /// <param name="leaves">N, the candidates of a match.</param>
    public static void Play(Span<double> probabilities, ReadOnlySpan<ulong> bits, int depth, int leaves)
    {
        for (int layer = 0; layer < depth; layer++)
        {
            double share = 0;
            for (int i = 0; i < probabilities.Length; i++)
            {
                share += ((bits[i] >> layer) & 1) * probabilities[i];
            }

            (double loser, double winner) = Coefficients(Math.Min(share, 1), leaves);
            for (int i = 0; i < probabilities.Length; i++)
            {
                probabilities[i] *= ((bits[i] >> layer) & 1) == 0 ? loser : winner;
            }
        }
    }

    // G = Σ p·g. Where g = 0: (1 − G)^(N−1); where g = 1: (1 − (1 − G)^N)/G, which is 1 + (1 − G) + … + (1 − G)^(N−1): nothing is divided.
    private static (double Loser, double Winner) Coefficients(double share, int leaves)
    {
        double rest = 1 - share;
        double power = 1;
        double sum = 1;
        for (int i = 1; i < leaves; i++)
        {
            power *= rest;
            sum += power;
        }

        return (power, sum);
    }
}
