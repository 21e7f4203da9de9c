using System.Numerics.Tensors;
using Oml.Sdk.Generation.Watermarks;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Sampling;

/// <summary>Chooses the tokens of one text. Not thread-safe; it allocates nothing once it has seen a row of logits.</summary>
internal sealed class TokenSampler(GenerationSettings settings)
{
    // Top-p looks at so many of the likeliest tokens first, and at eight times as many where they do not reach p.
    private const int FirstNucleus = 128;
    private const int NucleusGrowth = 8;

    private readonly RepetitionPenalty _penalty = new(settings.RepetitionPenalty);
    private readonly LargestLogits _largest = new();
    private SamplingRandom _random = new(settings.Seed ?? SamplingRandom.DrawSeed());
    private float[] _weights = [];

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">One for each token; overwritten.</param>
    /// <param name="tokens">The text so far, prompt included.</param>
    /// <param name="promptLength">How much of it is prompt.</param>
    /// <param name="watermark">What marks the choice; null for nothing.</param>
    /// <exception cref="InferenceException">The logits are no distribution.</exception>
    public int Next(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength, WatermarkRun? watermark)
    {
        _penalty.Apply(logits, tokens);
        watermark?.Bias(logits, tokens);
        float most = TensorPrimitives.Max<float>(logits);
        if (!float.IsFinite(most))
        {
            throw new InferenceException(
                $"The logits of the next token are no distribution: their largest is {most}, where a finite number was expected.");
        }

        if (settings.IsGreedy)
        {
            return TensorPrimitives.IndexOfMax<float>(logits);
        }

        int count = Cut(logits, most);
        if (count == 0)
        {
            Scale(logits, most);
            watermark?.Tournament(logits, [], tokens[promptLength..]);
            return Draw(logits);
        }

        Span<float> scores = _largest.Values(count);
        Scale(scores, most);
        watermark?.Tournament(scores, _largest.Tokens(count), tokens[promptLength..]);
        return _largest.Tokens(count)[Draw(scores)];
    }

    // What top-k and top-p leave, sorted; 0 if they leave all.
    private int Cut(ReadOnlySpan<float> logits, float most)
    {
        if (settings.TopK > 0 && settings.TopK < logits.Length)
        {
            int count = _largest.Find(logits, settings.TopK);
            return settings.TopP < 1 ? CountNucleus(count, Total(_largest.Values(count), most), most, count) : count;
        }

        return settings.TopP < 1 ? FindNucleus(logits, most) : 0;
    }

    private int FindNucleus(ReadOnlySpan<float> logits, float most)
    {
        double total = Total(logits, most);
        for (int looked = FirstNucleus; ; looked *= NucleusGrowth)
        {
            looked = Math.Min(looked, logits.Length);
            int count = _largest.Find(logits, looked);
            int nucleus = CountNucleus(count, total, most, looked == logits.Length || count < looked ? count : 0);
            if (nucleus != 0)
            {
                return nucleus;
            }
        }
    }

    // How many of the largest add up to p; what is said, if they do not.
    private int CountNucleus(int count, double total, float most, int otherwise)
    {
        Span<float> values = _largest.Values(count);
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += Math.Exp((values[i] - most) / (double)settings.Temperature);
            if (sum >= settings.TopP * total)
            {
                return i + 1;
            }
        }

        return otherwise;
    }

    private double Total(ReadOnlySpan<float> logits, float most)
    {
        Span<float> weights = Weights(logits.Length);
        TensorPrimitives.Subtract(logits, most, weights);
        TensorPrimitives.Divide(weights, settings.Temperature, weights);
        TensorPrimitives.Exp<float>(weights, weights);
        return TensorPrimitives.Sum<float>(weights);
    }

    // The largest becomes 0, so that a low temperature overflows nothing.
    private void Scale(Span<float> scores, float most)
    {
        TensorPrimitives.Subtract(scores, most, scores);
        TensorPrimitives.Divide(scores, settings.Temperature, scores);
    }

    private int Draw(ReadOnlySpan<float> scores)
    {
        Span<float> weights = Weights(scores.Length);
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max(scores), weights);
        TensorPrimitives.Exp<float>(weights, weights);
        double total = 0;
        foreach (float weight in weights)
        {
            total += weight;
        }

        double target = _random.NextDouble() * total;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                target -= weights[i];
                if (target < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private Span<float> Weights(int count)
    {
        if (_weights.Length < count)
        {
            _weights = new float[count];
        }

        return _weights.AsSpan(0, count);
    }
}
