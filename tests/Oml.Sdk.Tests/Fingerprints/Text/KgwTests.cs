using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class KgwTests
{
    public static TheoryData<KgwScheme> Schemes => [.. Enum.GetValues<KgwScheme>()];

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Two_hundred_tokens_of_enough_entropy_are_found_at_one_in_a_million(KgwScheme scheme)
    {
        KgwOptions options = new() { Scheme = scheme, VocabularySize = 1000 };
        using TextKey key = TextTestData.Key(1);
        using TextKey other = TextTestData.Key(2);
        using KgwProcessor processor = new(key, options);
        using KgwDetector detector = new(key, options);
        using KgwDetector stranger = new(other, options);
        for (int text = 0; text < 5; text++)
        {
            int[] tokens = TextTestData.Generate(text, 1000, 200, 1.5, (scores, context) => processor.Apply(scores, context));

            TextDetectionResult result = detector.Detect(tokens);

            result.PValue.Should().BeLessThan(1e-6);
            result.Statistic.Should().BeGreaterThan(5);
            result.Share.Should().BeGreaterThan(0.4);
            (result.Tokens + result.SkippedTokens).Should().Be(200);
            stranger.Detect(tokens).PValue.Should().BeGreaterThan(1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Texts_under_keys_that_have_nothing_to_do_with_them_have_valid_p_values(KgwScheme scheme)
    {
        // Words that repeat: counting a coin twice would show here. 100 candidates of a vocabulary that is small keep the Twister quick.
        KgwOptions options = new() { Scheme = scheme, VocabularySize = scheme == KgwScheme.Aes ? 1000 : 64, ContextWidth = 3 };
        int texts = scheme switch { KgwScheme.Aes => 20_000, KgwScheme.TransformersSelfHash => 300, _ => 2_000 };
        double[] pValues = new double[texts];
        Parallel.For(0, texts, i =>
        {
            using TextKey key = TextTestData.Key(1_000_000 + i);
            using KgwDetector detector = new(key, options);
            pValues[i] = detector.Detect(TextTestData.Repetitive(new Random(i), options.VocabularySize, 300)).PValue;
        });

        TextTestData.ShouldBeValid(pValues);
    }

    [Theory]
    [InlineData(KgwScheme.Aes, 200)]
    [InlineData(KgwScheme.LeftHash, 20)]
    public void Keys_that_have_nothing_to_do_with_a_text_have_exact_p_values_though_another_key_marked_it(KgwScheme scheme, int keys)
    {
        const int Texts = 100;
        KgwOptions options = new() { Scheme = scheme, VocabularySize = 200 };
        KgwSettings settings = new(options, nameof(options));
        TextDetectionResult[] results = new TextDetectionResult[Texts * keys];
        Parallel.For(0, Texts, i =>
        {
            using TextKey other = TextTestData.Key(2_000_000 + i);
            using KgwProcessor processor = new(other, options);
            KgwText text = new(
                TextTestData.Generate(i, 200, 200, 1.5, (scores, context) => processor.Apply(scores, context)), settings, "tokens");
            for (int k = i * keys; k < (i + 1) * keys; k++)
            {
                using TextKey key = TextTestData.Key(1_000_000 + k);
                results[k] = text.Test(key.Read());
            }
        });

        TextTestData.ShouldBeValid([.. results.Select(r => r.PValue)]);

        // Chosen at random between a count and the next, p-values of an exactly binomial count are even.
        Random random = new(1);
        TextTestData.ShouldBeUniform([.. results.Select(result =>
        {
            int green = (int)Math.Round(result.Share * result.Tokens);
            double above = Math.Pow(10, BinomialTail.Log10(green + 1, result.Tokens, settings.GreenFraction));
            return above + (random.NextDouble() * (result.PValue - above));
        })]);
    }

    [Fact]
    public void Every_n_gram_counts_once()
    {
        using TextKey key = TextTestData.Key(1);
        using KgwDetector detector = new(key, new KgwOptions { VocabularySize = 100 });
        int[] phrase = [5, 8, 13, 21, 34];

        TextDetectionResult once = detector.Detect([.. phrase, 5]);
        TextDetectionResult often = detector.Detect([.. Enumerable.Repeat(phrase, 50).SelectMany(p => p)]);

        once.Tokens.Should().Be(5);
        often.Should().Be(once with { SkippedTokens = 245 });
    }

    [Fact]
    public void Coins_that_different_n_grams_share_count_once()
    {
        // The sum of a left hash does not change with the order.
        using TextKey key = TextTestData.Key(1);
        KgwOptions options = new() { VocabularySize = 100, Scheme = KgwScheme.LeftHash, ContextWidth = 2 };
        using KgwDetector detector = new(key, options);

        detector.Detect([1, 2, 50]).Tokens.Should().Be(1);
        detector.Detect([1, 2, 50, 2, 1, 50]).Tokens.Should().Be(3, "1 2 50 and 2 1 50 toss the same coin, of the four n-grams");
        detector.Detect([0, 0, 50]).Tokens.Should().Be(0, "the list after zeros is the same under every key");
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void A_detector_agrees_with_the_processor_on_every_token(KgwScheme scheme)
    {
        KgwOptions options = new() { VocabularySize = 60, Scheme = scheme, ContextWidth = 2, SelfHashCandidates = 60 };
        using TextKey key = TextTestData.Key(4);
        using KgwProcessor processor = new(key, options);
        using KgwDetector detector = new(key, options);
        int[] context = [17, 3];
        float[] logits = new float[60];
        processor.Apply(logits, context).Should().BeTrue();

        for (int token = 0; token < 60; token++)
        {
            int[] window = [.. context[^processor.ContextLength..], token];
            detector.Detect(window).Should().Match<TextDetectionResult>(r => r.Tokens == 1 && r.Share == (logits[token] > 0 ? 1 : 0));
        }
    }

    [Fact]
    public void The_self_hash_favours_only_the_likeliest_candidates()
    {
        KgwOptions options = new() { VocabularySize = 1000, Scheme = KgwScheme.SelfHash, SelfHashCandidates = 7, GreenFraction = 0.9 };
        using KgwProcessor processor = new(KgwOptions.PublishedHashKey, options);
        float[] logits = [.. Enumerable.Range(0, 1000).Select(v => (float)-v)];
        logits[3] = float.NaN;
        logits[4] = float.NegativeInfinity;
        float[] before = [.. logits];

        processor.Apply(logits, [1, 2, 3]);

        int[] changed = [.. Enumerable.Range(0, 1000).Where(v => !logits[v].Equals(before[v]))];
        changed.Should().NotBeEmpty().And.OnlyContain(v => v <= 8 && v != 3 && v != 4);
    }

    [Fact]
    public void Colours_of_aes_are_as_many_as_asked_for()
    {
        using TextKey key = TextTestData.Key(4);
        using KgwProcessor processor = new(key, new KgwOptions { VocabularySize = 100_003, GreenFraction = 0.1 });
        processor.GreenFraction.Should().Be(26 / 256.0);
        float[] logits = new float[100_003];

        processor.Apply(logits, [99]);

        (logits.Count(x => x > 0) / 100_003.0).Should().BeApproximately(26 / 256.0, 0.005);
    }

    [Fact]
    public void Forbidden_tokens_stay_forbidden_and_others_keep_their_bits()
    {
        using TextKey key = TextTestData.Key(4);
        using KgwProcessor processor = new(key, new KgwOptions { VocabularySize = 300 });
        float[] logits = new float[300];
        Array.Fill(logits, -0f);
        logits.AsSpan(0, 100).Fill(float.NegativeInfinity);

        processor.Apply(logits, [99]);

        logits[..100].Should().OnlyContain(x => float.IsNegativeInfinity(x));
        logits[100..].Should().OnlyContain(x => x == 2 || float.IsNegative(x));
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Marking_allocates_nothing_after_the_first_call(KgwScheme scheme)
    {
        using TextKey key = TextTestData.Key(4);
        using KgwProcessor processor = new(key, new KgwOptions { VocabularySize = 500, Scheme = scheme });
        float[] logits = new float[500];
        int[] context = [1, 2, 3, 4];
        processor.Apply(logits, context);

        Allocations.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                processor.Apply(logits, context);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void A_context_that_is_too_short_leaves_the_logits_alone()
    {
        using TextKey key = TextTestData.Key(4);
        using KgwProcessor processor = new(key, new KgwOptions { VocabularySize = 5, ContextWidth = 3 });
        using KgwDetector detector = new(key, new KgwOptions { VocabularySize = 5, ContextWidth = 3 });
        float[] logits = new float[5];

        processor.Apply(logits, [1, 2]).Should().BeFalse();

        logits.Should().OnlyContain(x => x == 0);
        detector.Detect([1, 2, 3]).Should().Be(new TextDetectionResult(0, 0, 0, Math.Log10(0.5), 0, 3));
        detector.Detect([]).PValue.Should().Be(1);
    }

    [Fact]
    public void Refuses_wrong_arguments()
    {
        using TextKey key = TextTestData.Key(4);
        static KgwOptions With(Action<KgwOptions>? change = null)
        {
            KgwOptions options = new() { VocabularySize = 100 };
            change?.Invoke(options);
            return options;
        }

        Action<KgwOptions>[] wrong =
        [
            o => o.VocabularySize = 0, o => o.VocabularySize = 1, o => o.VocabularySize = KgwOptions.MaxVocabularySize + 1,
            o => o.GreenFraction = 0, o => o.GreenFraction = 1, o => o.GreenFraction = double.NaN,
            o => o.Bias = 0, o => o.Bias = float.NaN, o => o.Bias = 101, o => o.ContextWidth = 0, o => o.ContextWidth = 5,
            o => o.Scheme = (KgwScheme)9, o => o.SelfHashCandidates = 0,
            o => (o.Scheme, o.GreenFraction) = (KgwScheme.LeftHash, 0.001), o => (o.Scheme, o.ContextWidth) = (KgwScheme.LeftHash, 17),
        ];
        foreach (Action<KgwOptions> change in wrong)
        {
            ((Action)(() => _ = new KgwProcessor(key, With(change)))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("options");
            ((Action)(() => _ = new KgwDetector(key, With(change)))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("options");
        }

        ((Action)(() => _ = new KgwProcessor(1, With()))).Should().Throw<ArgumentException>().WithMessage("*TextKey*");
        ((Action)(() => _ = new KgwDetector(0, With(o => o.Scheme = KgwScheme.SelfHash)))).Should().Throw<ArgumentOutOfRangeException>();
        KgwProcessor processor = new(key, With());
        KgwDetector detector = new(key, With());
        ((Action)(() => processor.Apply(new float[99], [1]))).Should().Throw<ArgumentException>().WithMessage("*100 tokens*99*");
        ((Action)(() => processor.Apply(new float[100], [100]))).Should().Throw<ArgumentException>().WithMessage("*0 to 99*100*");
        ((Action)(() => detector.Detect([1, -1]))).Should().Throw<ArgumentException>().WithMessage("*at 1 is -1*");
        processor.Dispose();
        detector.Dispose();
        ((Action)(() => processor.Apply(new float[100], [1]))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => detector.Detect([1]))).Should().Throw<ObjectDisposedException>();
    }
}
