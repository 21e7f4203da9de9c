namespace Oml.Sdk.Benchmarks.Power;

/// <summary>The test of Kolmogorov and Smirnov that numbers are uniform between 0 and 1.</summary>
/// <param name="Distance">The largest distance between the two distribution functions.</param>
/// <param name="PValue">How often uniform numbers have a larger one, by the asymptotic series.</param>
internal readonly record struct KolmogorovSmirnov(double Distance, double PValue)
{
    /// <summary>√n·distance is above it once in a thousand times, on both sides; on one side, it is 1.858.</summary>
    public const double Critical = 1.949;

    /// <summary>√n·excess is above it once in a thousand times.</summary>
    public const double CriticalExcess = 1.858;

    /// <summary>Tests numbers that rise.</summary>
    public static KolmogorovSmirnov Of(double[] sorted)
    {
        double n = sorted.Length;
        double distance = sorted.Select((p, i) => Math.Max(p - (i / n), ((i + 1) / n) - p)).Max();
        double x = distance * Math.Sqrt(n);
        double tail = 0;
        for (int k = 1; k <= 100; k++)
        {
            tail += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2 * k * k * x * x);
        }

        // The series does not converge near 0, where the answer is 1.
        return new KolmogorovSmirnov(distance, x < 0.2 ? 1 : Math.Clamp(tail, 0, 1));
    }

    /// <summary>√n times the most by which the share of numbers below some level exceeds it: how much too small p-values are.</summary>
    /// <param name="sorted">Numbers that rise.</param>
    public static double Excess(double[] sorted)
    {
        double n = sorted.Length;
        return Math.Sqrt(n) * Math.Max(0, sorted.Select((p, i) => ((i + 1) / n) - p).Max());
    }
}
