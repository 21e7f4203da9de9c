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

    /// <summary>Keeps so many digits of every number.</summary>
    public static Change Digits(int digits) => (row, _, _) =>
    {
        foreach (ref float value in row)
        {
            value = ToDigits(value, digits);
        }
    };

    /// <summary>Keeps 8 bits: 127 steps of the largest magnitude on either side of 0, as vector stores do.</summary>
    public static Change EightBits { get; } = (row, _, _) =>
    {
        float unit = Math.Abs(TensorPrimitives.MaxMagnitude<float>(row)) / 127;
        TensorPrimitives.Divide(row, unit, row);
        TensorPrimitives.Round(row, row);
        TensorPrimitives.Multiply(row, unit, row);
    };

    /// <summary>Brings values between 0 and 1 to whole 255ths, as files of pictures do.</summary>
    public static Change Bytes { get; } = (row, _, _) =>
    {
        foreach (ref float value in row)
        {
            value = MathF.Round(Math.Clamp(value, 0, 1) * 255) / 255;
        }
    };

    /// <summary>Exchanges the two best scores of half of a share of the rows: there the suspect answers as it likes.</summary>
    public static Change OwnAnswers(double share) => (row, _, random) =>
    {
        if (random.NextDouble() < share / 2)
        {
            int best = TensorPrimitives.IndexOfMax<float>(row);
            float largest = row[best];
            row[best] = float.NegativeInfinity;
            int second = TensorPrimitives.IndexOfMax<float>(row);
            (row[best], row[second]) = (row[second], largest);
        }
    };

    /// <summary>Keeps so many digits of a number.</summary>
    public static float ToDigits(float value, int digits)
    {
        if (value == 0)
        {
            return value;
        }

        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - digits + 1);
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
