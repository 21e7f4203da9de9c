using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class TableVariantTests
{
    // A stranger has a layer's key in common with the marker, modulo 2¹⁶, once in 73 keys, and then agrees with a whole layer of the text.
    [Theory]
    [InlineData(4_000, 2, 30_000)]
    [InlineData(2_000, 3, 30_000)]
    [InlineData(200, 2, 30_000)]
    public void Strangers_stay_within_their_p_values_on_long_texts_that_another_key_marked(int length, int leaves, int strangers)
    {
        const int Texts = 3;
        double[] pValues = new double[Texts * strangers];
        Parallel.For(0, Texts, i =>
        {
            SynthIdOptions options = new() { Variant = SynthIdVariant.TableMt19937, TableSeed = (ulong)i, Leaves = leaves };
            SynthIdText text = new(Marked(2_000_000 + i, options, length), new SynthIdSettings(options, null, nameof(options)), "tokens");
            for (int k = i * strangers; k < (i + 1) * strangers; k++)
            {
                using TextKey key = TextTestData.Key(1_000_000 + k);
                pValues[k] = text.Test(key.Read()).PValue;
            }
        });

        foreach (double x in new[] { 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6 })
        {
            double expected = x * pValues.Length;
            pValues.Count(p => p <= x).Should().BeLessThanOrEqualTo((int)(expected + (4 * Math.Sqrt(expected)) + 1), "p ≤ {0}", x);
        }
    }

    [Fact]
    public void A_key_that_shares_layers_with_the_marker_is_no_rarer_than_its_p_value()
    {
        SynthIdOptions options = new() { Variant = SynthIdVariant.TableMt19937 };
        long[] marker = [.. Enumerable.Range(0, 30).Select(i => (long)new Random(i).Next())];
        int[] tokens = MarkedUnder(marker, 5, options, 4_000);
        double log10 = 0;
        for (int shared = 1; shared <= 3; shared++)
        {
            // The first layers weigh most; modulo 2¹⁶ they are the marker's, the others are not.
            int taken = shared;
            long[] keys = [.. marker.Select((key, layer) => layer < taken ? key + (1L << 40) : key + 12_345 + layer)];
            using SynthIdDetector detector = new(keys, options);

            log10 += Math.Log10(30.0 / SynthIdTable.Size);

            detector.Detect(tokens).Log10PValue.Should().BeInRange(log10 - 2, 0, "{0} layers in common have about this chance", shared);
        }

        using SynthIdDetector own = new(marker, options);
        own.Detect(tokens).Log10PValue.Should().BeApproximately(EvidenceStatistic.Log10LeastPValue, 1e-9);
    }

    [Fact]
    public void The_bound_is_that_of_all_keys()
    {
        // One layer: every key can be tried, and p is at least the share of those that agree as well.
        SynthIdOptions options = new() { Variant = SynthIdVariant.TablePhilox, Depth = 1 };
        SynthIdSettings settings = new(options, null, nameof(options));
        SynthIdText text = new(TextTestData.Repetitive(new Random(3), 500, 150), settings, "tokens");
        TextDetectionResult[] results = new TextDetectionResult[SynthIdTable.Size];
        Parallel.For(0, results.Length, key =>
        {
            using SynthIdKeys keys = SynthIdKeys.Create([(long)key], settings);
            results[key] = text.Test(keys);
        });

        results.Average(r => r.Statistic).Should().BeApproximately(0, 1e-9);
        results.Average(r => r.Statistic * r.Statistic).Should().BeApproximately(1, 1e-9);
        TextDetectionResult[] ranked = [.. results.OrderByDescending(r => r.Statistic)];
        for (int rank = 1; rank <= ranked.Length; rank = (rank * 5 / 4) + 1)
        {
            ranked[rank - 1].PValue.Should().BeGreaterThanOrEqualTo((double)rank / ranked.Length * (1 - 1e-9));
        }

        ranked[0].Log10PValue.Should().BeApproximately(text.StrongestPossibleLog10PValue, 1e-12);
    }

    // Their layers toss the same coins. Taken for independent ones, they gave every sixth innocent text a p below 0.001.
    [Theory]
    [InlineData(30)]
    [InlineData(10)]
    public void Given_keys_that_agree_in_their_low_16_bits_count_as_one_layer(int agreeing)
    {
        long[] keys = [.. Enumerable.Range(0, 30).Select(i => ((long)i << 16) + Math.Max(5, 5 + i - agreeing + 1))];
        SynthIdOptions options = new() { Variant = SynthIdVariant.TableMt19937 };
        using SynthIdDetector detector = new(keys, options);
        double[] pValues = new double[400];
        Parallel.For(0, pValues.Length, i =>
        {
            Random random = new(i);
            pValues[i] = detector.Detect([.. Enumerable.Range(0, 200).Select(_ => random.Next(50_000))]).PValue;
        });

        TextTestData.ShouldBeValid(pValues);
    }

    [Fact]
    public void Keys_of_one_layer_find_what_one_key_finds()
    {
        SynthIdOptions options = new() { Variant = SynthIdVariant.TablePhilox };
        int[] tokens = MarkedUnder([17], 5, options, 500);
        using SynthIdDetector one = new([17], options);
        using SynthIdDetector many = new([17, 17 + (1 << 16), 17 - (1 << 20)], options);

        one.Detect(tokens).Log10PValue.Should().BeLessThan(-3);
        many.Detect(tokens).Log10PValue.Should().BeApproximately(one.Detect(tokens).Log10PValue, 1e-9);
        many.Detect(tokens).Statistic.Should().BeApproximately(one.Detect(tokens).Statistic, 1e-9);
        many.Detect(tokens).Share.Should().BeApproximately(one.Detect(tokens).Share, 1e-12);
    }

    private static int[] Marked(int key, SynthIdOptions options, int length)
    {
        using TextKey marker = TextTestData.Key(key);
        using SynthIdProcessor processor = new(marker, options);
        return Write(key, length, processor);
    }

    private static int[] MarkedUnder(long[] keys, int seed, SynthIdOptions options, int length)
    {
        using SynthIdProcessor processor = new(keys, options);
        return Write(seed, length, processor);
    }

    // Forty candidates of nearly even chances.
    private static int[] Write(int seed, int length, SynthIdProcessor processor) =>
        TextTestData.Generate(seed, 40, length, 0.5, (scores, context) => processor.Apply(scores, context));
}
