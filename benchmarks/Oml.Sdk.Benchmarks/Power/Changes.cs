using System.Numerics.Tensors;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>The changes that are measured.</summary>
internal static class Changes
{
    /// <summary>Turns scores into probabilities.</summary>
    public static Change Softmax { get; } = (row, _, _) =>
    {
        // The largest is taken out first: scores of some models are in the thousands.
        TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
        TensorPrimitives.Exp(row, row);
        TensorPrimitives.Divide(row, TensorPrimitives.Sum<float>(row), row);
    };

    /// <summary>Another scale (half to double) and shift (−10 to 10) for every row.</summary>
    public static Change Affine { get; } = (row, _, random) =>
    {
        TensorPrimitives.Multiply(row, MathF.Pow(2, (2 * random.NextSingle()) - 1), row);
        TensorPrimitives.Add(row, (20 * random.NextSingle()) - 10, row);
    };

    /// <summary>Keeps so many decimals, 0 to 6.</summary>
    public static Change Round(int decimals) => (row, _, _) => TensorPrimitives.Round(row, decimals, row);

    /// <summary>Divides scores by a temperature.</summary>
    public static Change Temperature(float temperature) => (row, _, _) => TensorPrimitives.Divide(row, temperature, row);

    /// <summary>Adds normal noise.</summary>
    /// <param name="ratio">Its standard deviation over the amplitude of the mark.</param>
    public static Change Noise(double ratio) => (row, amplitude, random) =>
    {
        foreach (ref float value in row)
        {
            value += (float)(ratio * amplitude * Normals.Next(random));
        }
    };

    /// <summary>Keeps five digits of a number above 0.</summary>
    public static float ToFiveDigits(float value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 4);
        return (float)(Math.Round(value / unit) * unit);
    }

    /// <summary>Keeps the k largest elements; the others become 0.</summary>
    public static Change Top(int k) => (row, _, _) =>
    {
        float[] sorted = row.ToArray();
        sorted.AsSpan().Sort();
        float least = sorted[^Math.Min(k, sorted.Length)];
        foreach (ref float value in row)
        {
            value = value >= least ? value : 0;
        }
    };
}
