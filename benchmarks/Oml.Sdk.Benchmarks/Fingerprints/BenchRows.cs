namespace Oml.Sdk.Benchmarks.Fingerprints;

/// <summary>Seeded rows.</summary>
internal static class BenchRows
{
    /// <summary>A row of normally distributed scores, or their softmax.</summary>
    public static float[] Make(int length, bool isDistribution)
    {
        Random random = new(2);
        double[] row = [.. Enumerable.Range(0, length).Select(_ => Normal(random))];
        double sum = row.Sum(Math.Exp);
        return [.. row.Select(z => (float)(isDistribution ? Math.Exp(z) / sum : z))];
    }

    /// <summary>A standard normal number.</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
