using System.Numerics.Tensors;
using Oml.Sdk.Tests.Fingerprints.Copies;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Small networks that are trained here, in seconds, for the kinds of output that no real model of the data has.</summary>
internal static class TrainedModels
{
    /// <summary>The side of the pictures that <see cref="TrainEnlarger"/> is given; it makes them twice as large.</summary>
    public const int SmallSide = Side / 2;

    /// <summary>The elements of an embedding.</summary>
    public const int EmbeddingLength = 256;

    private const int Side = 28;
    private const int Features = 16;
    private const int Digits = 10;
    private const int Hidden = 96;
    private const float Rate = 0.005f;

    // A network keeps what it computes, so every thread that asks has its own.
    private static readonly ThreadLocal<SmallNetwork> Prices = new(TrainPrices);
    private static readonly float[] PriceWeights = Normals.Row(new Random(71), Features, 1);

    /// <summary>A regression of one number: what it answers to a new input, and what is right.</summary>
    public static (float Answer, float Right) AskPrice(Random random)
    {
        (float[] input, float right) = Price(random);
        return (Prices.Value!.Run(input)[0], right);
    }

    /// <summary>An embedding of pictures: those of one class come to lie in one direction. Learns from all pictures.</summary>
    public static SmallNetwork TrainEmbedder(float[][] pictures, int[] classes)
    {
        // A random direction for each class.
        float[][] codes = [.. Enumerable.Range(0, Digits).Select(label => Normals.Row(new Random(500 + label), EmbeddingLength, 1))];
        Random random = new(72);
        SmallNetwork network = new(Side * Side, Hidden, EmbeddingLength, seed: 73);
        network.Train(() => Towards(pictures, random, i => codes[classes[i]], i => pictures[i]), batches: 3000, Rate);
        return network;
    }

    /// <summary>Makes pictures larger: a regression of many numbers. Learns from all pictures.</summary>
    public static SmallNetwork TrainEnlarger(float[][] pictures)
    {
        Random random = new(74);
        SmallNetwork network = new(SmallSide * SmallSide, Hidden, Side * Side, seed: 75);
        network.Train(() => Towards(pictures, random, i => pictures[i], i => Smaller(pictures[i], Side, 2)), batches: 3000, Rate);
        return network;
    }

    /// <summary>A picture whose elements are the means of squares of another.</summary>
    public static float[] Smaller(float[] picture, int side, int factor)
    {
        int less = side / factor;
        float[] small = new float[less * less];
        for (int i = 0; i < picture.Length; i++)
        {
            small[(i / side / factor * less) + (i % side / factor)] += picture[i] / (factor * factor);
        }

        return small;
    }

    // The gradient of half the squared error.
    private static (float[] Input, Func<float[], float[]> Gradient) Towards(
        float[][] pictures, Random random, Func<int, float[]> target, Func<int, float[]> input)
    {
        int i = random.Next(pictures.Length);
        return (input(i), answer =>
        {
            float[] gradient = new float[answer.Length];
            TensorPrimitives.Subtract(answer, target(i), gradient);
            return gradient;
        });
    }

    private static SmallNetwork TrainPrices()
    {
        Random random = new(76);
        SmallNetwork network = new(Features, 48, 1, seed: 77);
        network.Train(
            () =>
            {
                (float[] input, float right) = Price(random);
                return (input, answer => [answer[0] - right]);
            },
            batches: 2000,
            Rate);
        return network;
    }

    // A curved function of the features, and what they do not tell.
    private static (float[] Input, float Price) Price(Random random)
    {
        float[] input = Normals.Row(random, Features, 1);
        double sum = TensorPrimitives.Dot<float>(input, PriceWeights) / Math.Sqrt(Features);
        return (input, (float)(Math.Exp(0.5 * sum) * (3 + (0.3 * Normals.Next(random)))));
    }
}
