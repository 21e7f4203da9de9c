namespace Oml.Sdk.Benchmarks.Power;

/// <summary>
/// The law of T = ⟨R, s⟩ / ‖R‖ for a residual R and signs that are fair coins: what the p-value of a key would be exactly. Hoeffding's bound is larger,
/// the normal approximation smooth where T has steps.
/// </summary>
/// <remarks>
/// Its characteristic function is Π cos(R(i)·t/‖R‖). As |T| is at most √V, the distribution function is a Fourier series on a period longer
/// than that, cut where the function has died away.
/// </remarks>
internal sealed class SignSumLaw
{
    private const int Terms = 20_000;

    private readonly double _period;

    // The factor of the sine of each frequency.
    private readonly double[] _factors;

    public SignSumLaw(double[] residual)
    {
        double norm = Math.Sqrt(residual.Sum(r => r * r));
        _period = 2.5 * Math.Sqrt(residual.Length);
        _factors = [.. Enumerable.Range(1, Terms).Select(k => 1 / (Math.PI * k))];
        foreach (double r in residual)
        {
            Multiply(_factors, 2 * Math.PI / _period * r / norm);
        }
    }

    /// <summary>How often T is as large as this, or larger.</summary>
    public double UpperTail(double statistic)
    {
        double angle = 2 * Math.PI / _period * statistic;
        double twice = 2 * Math.Cos(angle);
        (double before, double sine) = (0, Math.Sin(angle));
        double sum = 0;
        foreach (double factor in _factors)
        {
            sum += factor * sine;
            (before, sine) = (sine, (twice * sine) - before);
        }

        return Math.Clamp(0.5 - (statistic / _period) - sum, 0, 1);
    }

    // cos(k·a) = 2·cos(a)·cos((k − 1)·a) − cos((k − 2)·a)
    private static void Multiply(double[] factors, double angle)
    {
        double twice = 2 * Math.Cos(angle);
        (double before, double cosine) = (1, Math.Cos(angle));
        for (int k = 0; k < factors.Length; k++)
        {
            factors[k] *= cosine;
            (before, cosine) = (cosine, (twice * cosine) - before);
        }
    }
}
