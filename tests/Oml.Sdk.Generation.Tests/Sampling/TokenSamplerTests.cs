using Oml.Sdk.Generation.Sampling;

namespace Oml.Sdk.Generation.Tests.Sampling;

/// <summary>What is drawn, and how often.</summary>
public sealed class TokenSamplerTests
{
    private const int Draws = 40_000;

    // 21.1 is exceeded once in ten thousand times with 3 degrees of freedom, 37.4 with 11; the seeds are fixed, so nothing is left to chance.
    private static readonly float[] Four = [0.5f, 2, -1, 1.25f];

    [Theory]
    [InlineData(1)]
    [InlineData(0.5f)]
    [InlineData(3)]
    public void Draws_tokens_as_often_as_temperature_says(float temperature)
    {
        double[] expected = Softmax(Four, temperature);

        ChiSquare(Count(Four, new GenerationOptions { Temperature = temperature, Seed = 1 }), expected).Should().BeLessThan(21.1);
    }

    [Fact]
    public void Draws_from_the_top_k_alone_in_their_proportion()
    {
        float[] logits = [.. Enumerable.Range(0, 200).Select(i => MathF.Sin(i * 7.3f) * 3)];
        int[] top = [.. Enumerable.Range(0, 200).OrderByDescending(i => logits[i]).Take(12)];
        int[] counts = Count(logits, new GenerationOptions { TopK = 12, Seed = 2 });

        double[] expected = Softmax([.. top.Select(i => logits[i])], 1);

        Enumerable.Range(0, 200).Where(i => counts[i] > 0).Should().BeEquivalentTo(top);
        ChiSquare([.. top.Select(i => counts[i])], expected).Should().BeLessThan(37.4);
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    [InlineData(0.999f)]
    [InlineData(1e-6f)]
    public void Draws_from_the_smallest_set_that_reaches_top_p(float topP)
    {
        float[] logits = [.. Enumerable.Range(0, 3_000).Select(i => i * 2459 % 3_000 / 500f)];
        int[] ordered = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i])];
        double[] probabilities = Softmax(logits, 0.5f);
        int nucleus = 0;
        for (double sum = 0; sum < topP; nucleus++)
        {
            sum += probabilities[ordered[nucleus]];
        }

        int[] counts = Count(logits, new GenerationOptions { TopP = topP, Temperature = 0.5f, Seed = 3 }, 10_000);

        // The sums are of floats: the last token of the set may differ.
        Enumerable.Range(0, logits.Length).Where(i => counts[i] > 0).Should().BeSubsetOf(ordered.Take(nucleus + 1));
        ordered.Take(Math.Min(nucleus, 20)).Should().OnlyContain(token => counts[token] > 0);
        ordered.Take(nucleus).Count(token => counts[token] > 0).Should().BeGreaterThanOrEqualTo((int)(0.5 * nucleus), "the rarest may not come");
    }

    [Fact]
    public void Takes_top_p_of_what_top_k_leaves()
    {
        float[] logits = [5, 5, 5, 5, 5, 5, 5, 5, 4, 3];

        int[] counts = Count(logits, new GenerationOptions { TopK = 4, TopP = 0.49f, Seed = 4 });

        counts.Count(count => count > 0).Should().Be(2, "a little less than half of four equal ones");
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(4)]
    public void Takes_a_top_k_of_the_whole_vocabulary_or_more_as_all(int topK)
    {
        ChiSquare(Count(Four, new GenerationOptions { TopK = topK, Seed = 5 }), Softmax(Four, 1)).Should().BeLessThan(21.1);
    }

    [Fact]
    public void Never_draws_what_is_forbidden()
    {
        float[] logits = [float.NegativeInfinity, 1, float.NegativeInfinity, 0];
        foreach (GenerationOptions options in new GenerationOptions[] { new() { Seed = 6 }, new() { Seed = 6, TopK = 3 }, new() { Seed = 6, TopP = 0.9999f } })
        {
            int[] counts = Count(logits, options);

            counts[0].Should().Be(0);
            counts[2].Should().Be(0);
            counts[3].Should().BeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(0)]
    public void Takes_the_likeliest_at_a_temperature_that_is_next_to_nothing_and_at_none(float temperature)
    {
        Count([300, -200, 300.5f, 88], new GenerationOptions { Temperature = temperature }, 100).Should().Equal(0, 0, 100, 0);
    }

    [Fact]
    public void Takes_the_first_of_equally_likely_tokens_when_greedy()
    {
        Count([1, 3, 3, 3], new GenerationOptions { Temperature = 0 }, 10).Should().Equal(0, 10, 0, 0);
    }

    [Fact]
    public void Repeats_the_draws_of_a_seed_and_no_others()
    {
        int[] Drawn(long? seed)
        {
            TokenSampler sampler = Sampler(new GenerationOptions { Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next((float[])[1, 1, 1, 1, 1, 1, 1, 1], [], 0, null))];
        }

        Drawn(7).Should().Equal(Drawn(7));
        Drawn(-7).Should().Equal(Drawn(-7)).And.NotEqual(Drawn(7));
        Drawn(null).Should().NotEqual(Drawn(null));
    }

    [Fact]
    public void Makes_what_was_said_less_likely_once_however_often_it_was_said()
    {
        TokenSampler sampler = Sampler(new GenerationOptions { Temperature = 0, RepetitionPenalty = 2 });

        sampler.Next((float[])[4, 3, -1], [0], 1, null).Should().Be(1, "4 is worth 2");
        sampler.Next((float[])[7, 3, -1], [0, 0, 0], 1, null).Should().Be(0, "7 is worth 3.5, however often it came");
        sampler.Next((float[])[-1.6f, -4, -3], [0, 0, 0, 1], 1, null).Should().Be(2, "-1.6 is worth -3.2, -4 is worth -8");
    }

    [Theory]
    [InlineData(1e-38f)]
    [InlineData(float.Epsilon)]
    public void A_penalty_next_to_nothing_makes_no_logit_infinite(float penalty)
    {
        TokenSampler sampler = Sampler(new GenerationOptions { Temperature = 0, RepetitionPenalty = penalty });

        sampler.Next((float[])[30, 20, -1, 90], [1], 1, null).Should().Be(1, "what was said is as likely as can be");
        sampler.Next((float[])[30, 20, -1, 90], [1, 2], 1, null).Should().Be(1, "-1 is worth next to nothing");
    }

    [Fact]
    public void Allocates_nothing_once_it_has_seen_a_row()
    {
        TokenSampler sampler = Sampler(new GenerationOptions { TopK = 40, TopP = 0.9f });
        float[] row = [.. Enumerable.Range(0, 1_000).Select(i => MathF.Sin(i))];
        float[] logits = new float[row.Length];
        int[] text = [1];
        for (int i = 0; i < 2; i++)
        {
            row.CopyTo(logits, 0);
            sampler.Next(logits, text, 1, null);
        }

        // The least of several: a collection, for whatever other tests allocate, is booked to the run that it falls into.
        long least = long.MaxValue;
        for (int round = 0; round < 10 && least > 0; round++)
        {
            row.CopyTo(logits, 0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            sampler.Next(logits, text, 1, null);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.Should().Be(0);
    }

    private static TokenSampler Sampler(GenerationOptions options) => new(new GenerationSettings(options, null, nameof(options)));

    private static int[] Count(float[] logits, GenerationOptions options, int draws = Draws)
    {
        TokenSampler sampler = Sampler(options);
        int[] counts = new int[logits.Length];
        float[] row = new float[logits.Length];
        for (int i = 0; i < draws; i++)
        {
            logits.CopyTo(row, 0);
            counts[sampler.Next(row, [0], 1, null)]++;
        }

        return counts;
    }

    private static double[] Softmax(float[] logits, float temperature)
    {
        double most = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp((logit - most) / temperature))];
        double total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    private static double ChiSquare(int[] counts, double[] probabilities) =>
        counts.Zip(probabilities, (count, p) => Math.Pow(count - (Draws * p), 2) / (Draws * p)).Sum();
}
