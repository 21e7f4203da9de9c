using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class SynthIdTests
{
    public static TheoryData<SynthIdVariant> Variants => [.. Enum.GetValues<SynthIdVariant>()];

    [Theory]
    [InlineData(SynthIdVariant.Aes, 2, SynthIdWeighting.Falling)]
    [InlineData(SynthIdVariant.Aes, 2, SynthIdWeighting.Even)]
    [InlineData(SynthIdVariant.Aes, 3, SynthIdWeighting.Falling)]
    [InlineData(SynthIdVariant.Reference, 2, SynthIdWeighting.Falling)]
    [InlineData(SynthIdVariant.Reference, 2, SynthIdWeighting.Even)]
    [InlineData(SynthIdVariant.Reference, 3, SynthIdWeighting.Falling)]
    [InlineData(SynthIdVariant.TableMt19937, 2, SynthIdWeighting.Falling)]
    [InlineData(SynthIdVariant.TablePhilox, 2, SynthIdWeighting.Falling)]
    public void Two_hundred_tokens_of_enough_entropy_are_found_at_one_in_a_million(
        SynthIdVariant variant, int leaves, SynthIdWeighting weighting)
    {
        SynthIdOptions options = new() { Variant = variant, Leaves = leaves, Weighting = weighting };
        using TextKey key = TextTestData.Key(1);
        using TextKey other = TextTestData.Key(2);
        using SynthIdProcessor processor = new(key, options);
        using SynthIdDetector detector = new(key, options);
        using SynthIdDetector stranger = new(other, options);
        for (int text = 0; text < 5; text++)
        {
            processor.Reset();
            int[] tokens = TextTestData.Generate(text, 200, 200, 1.5, (scores, context) => processor.Apply(scores, context));

            TextDetectionResult result = detector.Detect(tokens);

            result.PValue.Should().BeLessThan(1e-6, "Hoeffding's bound");
            result.ApproximatePValue.Should().BeLessThanOrEqualTo(result.PValue);
            result.Share.Should().BeGreaterThan(0.54);
            (result.Tokens + result.SkippedTokens).Should().Be(200);
            stranger.Detect(tokens).PValue.Should().BeGreaterThan(1e-4);
        }
    }

    // 1/M² more in a key is 1 more after two multiplications, which the first shift drops: these layers toss nearly the same coins in every text.
    [Fact]
    public void Given_keys_that_are_related_have_valid_p_values_on_innocent_texts()
    {
        const ulong PerLayer = 0x2F5B1D9CA61FFA59;
        long[] keys = [.. Enumerable.Range(0, 30).Select(i => unchecked((long)(12_345 + ((ulong)i * PerLayer))))];
        using SynthIdDetector detector = new(keys);
        double[] pValues = new double[200];
        Parallel.For(0, pValues.Length, i =>
        {
            Random random = new(i);
            pValues[i] = detector.Detect([.. Enumerable.Range(0, 104).Select(_ => random.Next(50_000))]).PValue;
        });

        TextTestData.ShouldBeValid(pValues);
    }

    [Fact]
    public void A_text_is_found_only_with_the_variant_and_the_table_that_marked_it()
    {
        using TextKey key = TextTestData.Key(1);
        SynthIdOptions[] all =
        [
            .. Enum.GetValues<SynthIdVariant>().Select(variant => new SynthIdOptions { Variant = variant }),
            new SynthIdOptions { Variant = SynthIdVariant.TableMt19937, TableSeed = 1 },
            new SynthIdOptions { Variant = SynthIdVariant.TablePhilox, TableSeed = 1ul << 32 },
        ];
        foreach (SynthIdOptions marking in all)
        {
            using SynthIdProcessor processor = new(key, marking);
            int[] tokens = TextTestData.Generate(7, 200, 200, 1.5, (scores, context) => processor.Apply(scores, context));
            foreach (SynthIdOptions finding in all)
            {
                using SynthIdDetector detector = new(key, finding);

                (detector.Detect(tokens).PValue < 1e-6).Should().Be(marking == finding, "{0} is not {1}", marking.Variant, finding.Variant);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Keys_that_have_nothing_to_do_with_a_text_have_valid_p_values(SynthIdVariant variant)
    {
        int texts = variant == SynthIdVariant.Aes ? 1_000 : 150;
        TextDetectionResult[] results = UnderStrangers(new() { Variant = variant, NgramLength = 3 }, texts, 20, i =>
            TextTestData.Repetitive(new Random(i), 60, 250));

        TextTestData.ShouldBeValid([.. results.Select(r => r.PValue)]);
        if (variant == SynthIdVariant.Aes)
        {
            TextTestData.ShouldBeUniform([.. results.Select(r => r.ApproximatePValue)]);
        }
    }

    // The coins of the published hash under one key lean to or from those under another, and this text is full of the former.
    [Theory]
    [MemberData(nameof(Variants))]
    public void Keys_that_have_nothing_to_do_with_a_text_have_valid_p_values_though_another_key_marked_it(SynthIdVariant variant)
    {
        SynthIdOptions options = new() { Variant = variant };
        TextDetectionResult[] results = UnderStrangers(options, 60, 300, i =>
        {
            using TextKey other = TextTestData.Key(2_000_000 + i);
            using SynthIdProcessor processor = new(other, options);
            return TextTestData.Generate(i, 200, 200, 1.5, (scores, context) => processor.Apply(scores, context));
        });

        TextTestData.ShouldBeValid([.. results.Select(r => r.PValue)]);
        double square = results.Average(r => r.Statistic * r.Statistic);
        if (variant == SynthIdVariant.Aes)
        {
            TextTestData.ShouldBeUniform([.. results.Select(r => r.ApproximatePValue)]);
            square.Should().BeApproximately(1, 4 * Math.Sqrt(2.0 / results.Length));
        }
        else if (variant == SynthIdVariant.Reference)
        {
            square.Should().BeGreaterThan(1.3, "or there was nothing to allow for");
        }
    }

    [Theory]
    [InlineData(SynthIdVariant.TableMt19937)]
    [InlineData(SynthIdVariant.TablePhilox)]
    public void Long_texts_have_valid_p_values_although_they_toss_each_coin_of_a_table_many_times(SynthIdVariant variant)
    {
        const int Texts = 100;
        TextDetectionResult[] results = new TextDetectionResult[Texts];
        Parallel.For(0, Texts, i =>
        {
            using TextKey key = TextTestData.Key(i);
            using SynthIdDetector detector = new(key, new SynthIdOptions { Variant = variant, TableSeed = (ulong)i });
            Random random = new(i);
            results[i] = detector.Detect([.. Enumerable.Range(0, 3_000).Select(_ => random.Next(50_000))]);
        });

        TextTestData.ShouldBeValid([.. results.Select(r => r.PValue)]);
        results.Average(r => r.Statistic * r.Statistic).Should().BeApproximately(1, 4 * Math.Sqrt(2.0 / Texts));
    }

    [Fact]
    public void Over_all_keys_two_leaves_leave_the_distribution_as_it_was_and_three_do_not()
    {
        const int Keys = 20_000;
        float[] logits = [0, -1, -2, -0.5f, -3, 1, 0.5f, -1.5f];
        double total = logits.Sum(z => Math.Exp(z));
        double[] expected = [.. logits.Select(z => Math.Exp(z) / total)];

        double[] two = Mean(logits, Keys, leaves: 2, depth: 30);
        double[] three = Mean(logits, Keys, leaves: 3, depth: 1);

        for (int i = 0; i < logits.Length; i++)
        {
            two[i].Should().BeApproximately(expected[i], 4 * Math.Sqrt(expected[i] * (1 - expected[i]) / Keys));
        }

        three.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)).Should().BeGreaterThan(0.005);
    }

    [Fact]
    public void One_layer_is_the_published_formula()
    {
        double[] p = [0.5, 0.3, 0.2];
        double[] q = [.. p];

        Tournament.Play(p, [1, 0, 1], depth: 1, leaves: 2);
        Tournament.Play(q, [1, 0, 1], depth: 1, leaves: 4);

        p.Should().Equal([0.5 * 1.3, 0.3 * 0.3, 0.2 * 1.3], (a, b) => Math.Abs(a - b) < 1e-15);
        double winner = (1 - Math.Pow(0.3, 4)) / 0.7;
        q.Should().Equal([0.5 * winner, 0.3 * Math.Pow(0.3, 3), 0.2 * winner], (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Scores_become_the_logarithms_of_a_distribution()
    {
        using TextKey key = TextTestData.Key(3);
        using SynthIdProcessor processor = new(key);
        float[] scores = FingerprintTestData.Row(new Random(1), 1000, scale: 8);
        scores[17] = float.NegativeInfinity;

        SynthIdOutcome outcome = processor.Apply(scores, [1, 2, 3, 4]);

        outcome.Marked.Should().BeTrue();
        scores.Sum(z => Math.Exp(z)).Should().BeApproximately(1, 1e-5);
        scores[17].Should().Be(float.NegativeInfinity);
    }

    [Fact]
    public void Candidates_are_marked_as_in_the_whole_vocabulary()
    {
        using TextKey key = TextTestData.Key(3);
        using SynthIdProcessor whole = new(key);
        using SynthIdProcessor cut = new(key);
        float[] scores = new float[1000];
        Array.Fill(scores, float.NegativeInfinity);
        int[] candidates = [900, 3, 77, 500, 12];
        float[] few = [1, 2, 3, 2.5f, -1];
        for (int i = 0; i < few.Length; i++)
        {
            scores[candidates[i]] = few[i];
        }

        whole.Apply(scores, [1, 2, 3, 4]).Entropy.Should().BeApproximately(cut.Apply(few, candidates, [1, 2, 3, 4]).Entropy, 1e-12);

        for (int i = 0; i < few.Length; i++)
        {
            scores[candidates[i]].Should().BeApproximately(few[i], 1e-5f);
        }
    }

    [Fact]
    public void The_entropy_of_a_choice_is_reported()
    {
        using TextKey key = TextTestData.Key(3);
        using SynthIdProcessor processor = new(key);

        processor.Apply(new float[16], [1, 2, 3, 4]).Entropy.Should().BeApproximately(4, 1e-12);
        processor.Apply([5, float.NegativeInfinity], [1, 2, 3, 5]).Should().Be(new SynthIdOutcome(true, 0));
    }

    [Fact]
    public void A_context_that_came_before_is_not_marked_until_it_is_forgotten()
    {
        using TextKey key = TextTestData.Key(3);
        using SynthIdProcessor processor = new(key, new SynthIdOptions { ContextHistory = 3 });
        bool Marked(params int[] context) => processor.Apply(new float[16], context).Marked;

        Marked(1, 2, 3, 4).Should().BeTrue();
        Marked(9, 1, 2, 3, 4).Should().BeFalse("only the last four count");
        Marked(1, 2, 3, 5).Should().BeTrue();
        Marked(1, 2, 3, 6).Should().BeTrue();
        Marked(1, 2, 3, 4).Should().BeFalse("a repetition is remembered as the latest");
        Marked(1, 2, 3, 5).Should().BeFalse();
        Marked(1, 2, 3, 7).Should().BeTrue();
        Marked(1, 2, 3, 6).Should().BeTrue("three others came since");
        Marked(1, 2, 3, 6).Should().BeFalse();
        processor.Reset();
        Marked(1, 2, 3, 4).Should().BeTrue();
    }

    [Fact]
    public void Repeated_contexts_are_masked_in_detection()
    {
        using TextKey key = TextTestData.Key(3);
        using SynthIdDetector detector = new(key, new SynthIdOptions { NgramLength = 3 });
        using SynthIdDetector forgetful = new(key, new SynthIdOptions { NgramLength = 3, ContextHistory = 1 });

        detector.Detect([1, 2, 3]).Tokens.Should().Be(1);
        detector.Detect([1, 2, 3, 1, 2, 4]).Tokens.Should().Be(3, "1 2 comes twice");
        forgetful.Detect([1, 2, 3, 1, 2, 4]).Tokens.Should().Be(4);
        forgetful.Detect([1, 2, 3, 1, 2, 3]).Tokens.Should().Be(3, "a forgotten context may be marked again, but 1 2 3 counts once");
    }

    [Fact]
    public void What_is_no_distribution_or_has_no_context_is_left_alone()
    {
        using TextKey key = TextTestData.Key(3);
        using SynthIdProcessor processor = new(key);
        float[][] all = [[1, float.NaN], [1, float.PositiveInfinity], [float.NegativeInfinity, float.NegativeInfinity], []];
        foreach (float[] scores in all)
        {
            float[] before = [.. scores];

            processor.Apply(scores, [1, 2, 3, 4]).Should().Be(new SynthIdOutcome(false, 0));

            scores.Should().Equal(before);
        }

        processor.Apply([1, 2], [2, 3, 4]).Marked.Should().BeFalse();
        processor.Apply([1, 2], [1, 2, 3, 4]).Marked.Should().BeTrue();
        using SynthIdDetector detector = new(key);
        detector.Detect([1, 2, 3, 4]).Should().Be(new TextDetectionResult(0, 0, 0, Math.Log10(0.5), 0, 4));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Marking_allocates_nothing_after_the_first_call(SynthIdVariant variant)
    {
        using TextKey key = TextTestData.Key(4);
        using SynthIdProcessor processor = new(key, new SynthIdOptions { Variant = variant });
        float[] scores = new float[100];
        int[] context = [1, 2, 3, 4];
        processor.Apply(scores, context);

        Allocations.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                context[0]++;
                processor.Apply(scores, context);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void Refuses_wrong_arguments()
    {
        using TextKey key = TextTestData.Key(4);
        SynthIdOptions[] wrong =
        [
            new() { Variant = (SynthIdVariant)4 }, new() { Weighting = (SynthIdWeighting)2 }, new() { Depth = 0 }, new() { Depth = 65 },
            new() { NgramLength = 1 }, new() { NgramLength = 33 }, new() { ContextHistory = 0 }, new() { ContextHistory = 65537 },
            new() { Leaves = 1 }, new() { Leaves = 65 },
        ];
        foreach (SynthIdOptions options in wrong)
        {
            ((Action)(() => _ = new SynthIdProcessor(key, options))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("options");
            ((Action)(() => _ = new SynthIdDetector(key, options))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("options");
        }

        SynthIdOptions ours = new();
        ((Action)(() => _ = new SynthIdProcessor([1L, 2], ours))).Should().Throw<ArgumentException>().WithMessage("*TextKey*");
        ((Action)(() => _ = new SynthIdDetector([1L, 2], ours))).Should().Throw<ArgumentException>().WithMessage("*TextKey*");
        ((Action)(() => _ = new SynthIdProcessor([1L, 2, 1]))).Should().Throw<ArgumentException>().WithMessage("*0 and 2*");
        ((Action)(() => _ = new SynthIdDetector(new long[65]))).Should().Throw<ArgumentException>().WithMessage("*65*");
        ((Action)(() => _ = new SynthIdDetector(ReadOnlySpan<long>.Empty))).Should().Throw<ArgumentException>();
        SynthIdProcessor processor = new(key);
        SynthIdDetector detector = new(key);
        ((Action)(() => processor.Apply([1, 2], [1, 2, 3, -4]))).Should().Throw<ArgumentException>().WithParameterName("context");
        ((Action)(() => processor.Apply([1, 2], [5], [1, 2, 3, 4]))).Should().Throw<ArgumentException>().WithMessage("*2 scores and 1*");
        ((Action)(() => processor.Apply([1, 2], [5, -1], [1, 2, 3, 4]))).Should().Throw<ArgumentException>().WithParameterName("candidates");
        ((Action)(() => detector.Detect([1, -1]))).Should().Throw<ArgumentException>().WithMessage("*at 1 is -1*");
        processor.Dispose();
        detector.Dispose();
        ((Action)(() => processor.Apply([1, 2], [1, 2, 3, 4]))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => detector.Detect([1]))).Should().Throw<ObjectDisposedException>();
    }

    private static TextDetectionResult[] UnderStrangers(SynthIdOptions options, int texts, int keys, Func<int, int[]> write)
    {
        SynthIdSettings settings = new(options, null, nameof(options));
        TextDetectionResult[] results = new TextDetectionResult[texts * keys];
        Parallel.For(0, texts, i =>
        {
            SynthIdText text = new(write(i), settings, "tokens");
            for (int k = i * keys; k < (i + 1) * keys; k++)
            {
                using TextKey key = TextTestData.Key(1_000_000 + k);
                results[k] = text.Test(key.Read());
            }
        });
        return results;
    }

    private static double[] Mean(float[] logits, int keys, int leaves, int depth)
    {
        double[] mean = new double[logits.Length];
        for (int i = 0; i < keys; i++)
        {
            using TextKey key = TextTestData.Key(i);
            using SynthIdProcessor processor = new(key, new SynthIdOptions { Leaves = leaves, Depth = depth });
            float[] scores = [.. logits];
            processor.Apply(scores, [1, 2, 3, 4]).Marked.Should().BeTrue();
            for (int v = 0; v < scores.Length; v++)
            {
                mean[v] += Math.Exp(scores[v]) / keys;
            }
        }

        return mean;
    }
}
