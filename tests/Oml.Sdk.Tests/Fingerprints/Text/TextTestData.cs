using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

/// <summary>Keys, and texts that are sampled from made-up distributions.</summary>
internal static class TextTestData
{
    /// <summary>Marks the scores of the next token, given the tokens so far.</summary>
    public delegate void Marker(Span<float> scores, ReadOnlySpan<int> context);

    public static FingerprintKey SpecificationKey() => FingerprintKey.Import([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public static FingerprintSubject SpecificationSubject { get; } =
        new(ModelId.Parse("404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"), 0x0102030405060708);

    public static TextKey Key(int seed)
    {
        byte[] bytes = new byte[TextKey.Size];
        new Random(seed).NextBytes(bytes);
        return TextKey.Import(bytes);
    }

    /// <summary>Normal logits of a given deviation, new ones for every token: at 1.5 about 8 bits of entropy in 1,000 tokens.</summary>
    public static int[] Generate(int seed, int vocabulary, int length, double deviation, Marker? mark)
    {
        Random random = new(seed);
        int[] tokens = new int[length];
        float[] scores = new float[vocabulary];
        for (int i = 0; i < length; i++)
        {
            for (int v = 0; v < vocabulary; v++)
            {
                scores[v] = (float)(deviation * FingerprintTestData.Normal(random));
            }

            mark?.Invoke(scores, tokens.AsSpan(0, i));
            tokens[i] = Sample(random, scores);
        }

        return tokens;
    }

    /// <summary>Tokens that repeat a lot: n-grams of few words.</summary>
    public static int[] Repetitive(Random random, int vocabulary, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (int)(vocabulary * Math.Pow(random.NextDouble(), 4)))];

    public static int Sample(Random random, ReadOnlySpan<float> scores)
    {
        double most = double.NegativeInfinity;
        foreach (float score in scores)
        {
            most = Math.Max(most, score);
        }

        double total = 0;
        foreach (float score in scores)
        {
            total += Math.Exp(score - most);
        }

        double left = random.NextDouble() * total;
        for (int v = 0; v < scores.Length; v++)
        {
            left -= Math.Exp(scores[v] - most);
            if (left < 0)
            {
                return v;
            }
        }

        return FingerprintTestData.ArgMax(scores);
    }

    /// <summary>Fails if p-values are smaller than chance allows: at the tails, and by Kolmogorov and Smirnov (0.0005, one-sided).</summary>
    public static void ShouldBeValid(double[] pValues)
    {
        double n = pValues.Length;
        foreach (double x in new[] { 0.5, 0.1, 0.01, 0.001 })
        {
            (pValues.Count(p => p <= x) / n).Should().BeLessThanOrEqualTo(x + (4 * Math.Sqrt(x / n)), "p ≤ {0}", x);
        }

        double excess = pValues.Order().Select((p, i) => ((i + 1) / n) - p).Max();
        (excess * Math.Sqrt(n)).Should().BeLessThan(1.95);
    }

    /// <summary>Fails if p-values are not even between 0 and 1, by Kolmogorov and Smirnov (0.001).</summary>
    public static void ShouldBeUniform(double[] pValues)
    {
        double n = pValues.Length;
        double distance = pValues.Order().Select((p, i) => Math.Max(((i + 1) / n) - p, p - (i / n))).Max();
        (distance * Math.Sqrt(n)).Should().BeLessThan(1.95);
    }
}
