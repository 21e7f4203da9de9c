using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

/// <summary>Keys of the published KGW schemes that are unlike, and see the same coins.</summary>
public sealed class NumberKeyTests
{
    // Small enough for its products with sums of tokens to stay below 2⁶⁴.
    private const long Marker = 0x6_1234_5679;

    // As rare as 2^(free − 31) are keys that agree with the marker in all bits but so many.
    [Theory]
    [InlineData(KgwScheme.LeftHash, 400)]
    [InlineData(KgwScheme.LeftHash, 4000)]
    [InlineData(KgwScheme.SelfHash, 400)]
    [InlineData(KgwScheme.SelfHash, 4000)]
    [InlineData(KgwScheme.TransformersSelfHash, 400)]
    public void No_key_that_agrees_with_the_marker_in_its_low_bits_has_a_p_value_below_the_chance_of_it(KgwScheme scheme, int length)
    {
        KgwOptions options = new() { Scheme = scheme, VocabularySize = 500, ContextWidth = scheme == KgwScheme.LeftHash ? 1 : 2, Bias = 8 };
        int[] tokens = Marked(options, Marker, length);
        for (int free = 0; free < 16; free++)
        {
            using KgwDetector stranger = new(Marker ^ (1L << (32 - free)), options);

            // Such keys and rarer ones together are twice as many; a hundredth of them may be lucky.
            stranger.Detect(tokens).Log10PValue.Should().BeGreaterThan(((free - 31) * Math.Log10(2)) - 2, "{0} bits are free", free);
        }
    }

    [Fact]
    public void A_text_of_tokens_that_are_multiples_of_a_power_of_two_says_little_of_a_left_hash_key()
    {
        // Only 17 bits of a key make these seeds.
        KgwOptions options = new() { Scheme = KgwScheme.LeftHash, VocabularySize = 1 << 22 };
        int[] contexts = [.. Enumerable.Range(1, 200).Select(i => i << 14)];
        using KgwProcessor processor = new(Marker, options);
        List<int> tokens = [];
        float[] logits = new float[options.VocabularySize];
        foreach (int context in contexts[..6])
        {
            Array.Clear(logits);
            processor.Apply(logits, [context]);
            tokens.AddRange(contexts.Where(c => logits[c] > 0).SelectMany(c => new[] { context, c }));
        }

        using KgwDetector detector = new(Marker, options);
        TextDetectionResult result = detector.Detect([.. tokens]);

        result.Statistic.Should().BeGreaterThan(8);
        result.Log10PValue.Should().BeGreaterThan(-19 * Math.Log10(2));
    }

    [Theory]
    [InlineData(KgwScheme.LeftHash)]
    [InlineData(KgwScheme.SelfHash)]
    [InlineData(KgwScheme.TransformersSelfHash)]
    public void A_text_that_is_full_of_a_mark_says_no_more_than_the_bits_of_a_seed(KgwScheme scheme)
    {
        KgwOptions options = new() { Scheme = scheme, VocabularySize = 500, Bias = 20, ContextWidth = 2 };
        int[] tokens = Marked(options, Marker, 600);
        using KgwDetector detector = new(Marker, options);
        KgwText text = new(tokens, new KgwSettings(options, "options"), "tokens");

        TextDetectionResult result = detector.Detect(tokens);

        result.Log10PValue.Should().BeInRange(-31 * Math.Log10(2), -7.5);
        result.ApproximateLog10PValue.Should().BeGreaterThanOrEqualTo(-31 * Math.Log10(2));
        text.StrongestPossibleLog10PValue.Should().BeLessThanOrEqualTo(result.Log10PValue);
    }

    [Fact]
    public void Without_free_bits_the_tail_is_the_binomial_one_and_the_chance_of_the_very_key()
    {
        byte[] none = new byte[40];
        double tail = Math.Pow(10, BinomialTail.Log10(17, 40, 0.25));

        Math.Pow(10, NumberKeyTail.Log10(17, none, 0.25)).Should().BeApproximately(tail, 1e-9);
        NumberKeyTail.Log10(40, none, 0.25).Should().BeApproximately(-31 * Math.Log10(2), 1e-9);
        NumberKeyTail.Log10(0, none, 0.25).Should().Be(0);
        NumberKeyTail.Log10(0, [], 0.25).Should().BeApproximately(0, 1e-15);
    }

    [Fact]
    public void The_tail_is_that_of_keys_by_how_far_they_agree()
    {
        byte[] free = [.. Enumerable.Range(0, 60).Select(i => (byte)(i % 7)), 32, 31];
        double expected = Math.Pow(2, -31);
        for (int k = 1; k < 32; k++)
        {
            int shared = free.Count(f => f >= k);
            expected += Math.Pow(2, k - 32) * Math.Pow(10, BinomialTail.Log10(40 - shared, 62 - shared, 0.25));
        }

        NumberKeyTail.Log10(40, free, 0.25).Should().BeApproximately(Math.Log10(expected), 1e-12);
    }

    private static int[] Marked(KgwOptions options, long key, int length)
    {
        using KgwProcessor processor = new(key, options);
        return TextTestData.Generate(length, options.VocabularySize, length, 1.5, (scores, context) => processor.Apply(scores, context));
    }
}
