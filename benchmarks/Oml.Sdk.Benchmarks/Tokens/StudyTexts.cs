using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>Texts of the model for the studies: each with a prompt, a seed and, where it is marked, a key of its own, all of which its number repeats.</summary>
internal static class StudyTexts
{
    public const int Length = 200;

    /// <summary>The model's choices are then about as uncertain as those of trained models: 4 to 5 bits.</summary>
    public const float LikeTrained = 20;

    /// <summary>From nearly even choices to nearly certain ones.</summary>
    public static float[] Sharpnesses { get; } = [1, 14, LikeTrained, 25];

    /// <summary>Writes texts on all processors.</summary>
    /// <param name="model">The model.</param>
    /// <param name="first">The number of the first text.</param>
    /// <param name="count">How many.</param>
    /// <param name="topK">The candidates; 0 for all.</param>
    /// <param name="watermark">What marks a text under a key; null for nothing.</param>
    public static int[][] Write(TinyGpt2 model, int first, int count, int topK, Func<TextKey, TextWatermark>? watermark)
    {
        int[][] texts = new int[count][];

        // Not the loop that blocks: texts share a session, wait for its units on the pool's threads, and would take them all.
        Parallel.ForAsync(0, count, async (i, _) =>
        {
            using TextKey key = Key(first + i);
            GenerationOptions options = new() { MaxNewTokens = Length, TopK = topK, Seed = first + i };
            texts[i] = await TinyGpt2.WriteAsync(model.Generator(watermark?.Invoke(key)), Prompt(first + i), options);
        }).GetAwaiter().GetResult();
        return texts;
    }

    /// <summary>The mean entropy of the choices of unmarked texts, in bits.</summary>
    public static double Entropy(TinyGpt2 model, int first, int count)
    {
        using TextScorer scorer = new(model);
        int[][] texts = Write(model, first, count, 0, null);
        double[] entropies = new double[count];
        Parallel.For(0, count, i => entropies[i] = scorer.Score(Prompt(first + i), texts[i]).Entropy);
        return entropies.Average() / Math.Log(2);
    }

    public static int[] Prompt(int number)
    {
        Random random = new(number);
        return [.. Enumerable.Range(0, 4).Select(_ => random.Next(TinyGpt2.Vocabulary))];
    }

    public static TextKey Key(int number)
    {
        byte[] bytes = new byte[TextKey.Size];
        FillKey(number, bytes);
        return TextKey.Import(bytes);
    }

    // Not from a seeded generator of weak mixing: keys of neighbouring numbers would not be independent.
    public static void FillKey(int number, Span<byte> key) =>
        System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number), key);
}
