namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Standard normal numbers of a seeded generator.</summary>
internal static class Normals
{
    public static double Next(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static float[] Row(Random random, int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => (float)(scale * Next(random)))];
}
