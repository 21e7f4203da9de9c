using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class NullDistributionTests
{
    private const int Keys = 20_000;

    [Theory]
    [InlineData(1000, false)]
    [InlineData(100, true)]
    public void Keys_that_have_nothing_to_do_with_the_suspect_stay_within_their_p_values(int length, bool skewed)
    {
        Random random = new(17);
        FingerprintEvidence evidence = new(length);
        for (int row = 0; row < 10; row++)
        {
            float[] suspect = FingerprintTestData.Row(random, length);
            evidence.AddBlind([.. suspect.Select(z => skewed ? MathF.Exp(z / 2) : z)]);
        }

        DetectionResult[] results = new DetectionResult[Keys];
        Parallel.For(0, Keys, i =>
        {
            byte[] bytes = new byte[CarrierKey.Size];
            new Random(1_000_000 + i).NextBytes(bytes);
            using CarrierKey key = CarrierKey.Import(bytes);
            results[i] = evidence.Detect(key);
        });

        foreach (double x in new[] { 0.5, 0.1, 0.01, 0.001 })
        {
            double allowed = x + (4 * Math.Sqrt(x / Keys));
            (results.Count(r => r.PValue <= x) / (double)Keys).Should().BeLessThanOrEqualTo(allowed, "p ≤ {0}", x);
        }

        ShouldBeUniform(results);
    }

    [Theory]
    [InlineData("informed")]
    [InlineData("blind")]
    [InlineData("softmax")]
    public void Keys_of_others_stay_within_their_p_values_on_rows_that_are_marked_for_somebody(string kind)
    {
        const int Suspects = 100;
        DetectionResult[] results = new DetectionResult[Keys];
        Parallel.For(0, Suspects, suspect =>
        {
            FingerprintEvidence evidence = Marked(kind, suspect);
            Random random = new(2_000_000 + suspect);
            byte[] bytes = new byte[CarrierKey.Size];
            for (int i = suspect * Keys / Suspects; i < (suspect + 1) * Keys / Suspects; i++)
            {
                random.NextBytes(bytes);
                using CarrierKey key = CarrierKey.Import(bytes);
                results[i] = evidence.Detect(key);
            }
        });

        foreach (double x in new[] { 0.1, 0.01, 0.001, 0.0001 })
        {
            (results.Count(r => r.PValue <= x) / (double)Keys).Should().BeLessThanOrEqualTo(x, "Hoeffding's bound leaves room at p ≤ {0}", x);
        }

        ShouldBeUniform(results);
    }

    [Theory]
    [InlineData(-8.5, 0.0)]
    [InlineData(-1.0, -0.0750102081752)]
    [InlineData(0.0, -0.301029995664)]
    [InlineData(1.959963984540054, -1.60205999133)]
    [InlineData(2.999, -2.86829)]
    [InlineData(3.0, -2.86969687)]
    [InlineData(6.0, -9.00586)]
    [InlineData(40.0, -349.437)]
    public void The_normal_tail_is_right_from_the_middle_to_where_doubles_end(double t, double log10)
    {
        NormalTail.Log10(t).Should().BeApproximately(log10, 2e-4 * Math.Max(1, Math.Abs(log10) / 100));
    }

    [Fact]
    public void No_p_value_is_below_the_chance_of_guessing_a_key()
    {
        EvidenceStatistic.Log10Hoeffding(13).Should().BeApproximately(-84.5 * Math.Log10(Math.E), 1e-9);
        EvidenceStatistic.Log10Hoeffding(100).Should().BeApproximately(-128 * Math.Log10(2), 1e-12);
        EvidenceStatistic.Log10Normal(100).Should().BeApproximately(-128 * Math.Log10(2), 1e-12);
        EvidenceStatistic.Log10Hoeffding(-100).Should().Be(0);
    }

    private static FingerprintEvidence Marked(string kind, int seed)
    {
        const int Length = 300;
        FingerprintSubject subject = new(FingerprintTestData.Model, (ulong)seed);
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(seed);
        using IFingerprintEmbedder embedder = new LogitFingerprint(publisher).Create(subject);
        FingerprintEvidence evidence = new(Length);
        Random random = new(seed);
        for (int row = 0; row < 10; row++)
        {
            float[] clean = FingerprintTestData.Row(random, Length);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("logits", marked, 1, Length));
            bool used = kind switch
            {
                "informed" => evidence.AddInformed([.. marked.Select(z => MathF.Round(z, 2))], clean),
                "softmax" => evidence.AddInformedProbabilities(Softmax(marked), Softmax(clean)),
                _ => evidence.AddBlind(marked),
            };
            used.Should().BeTrue();
        }

        return evidence;
    }

    private static float[] Softmax(float[] row)
    {
        double sum = row.Sum(z => Math.Exp(z));
        return [.. row.Select(z => (float)(Math.Exp(z) / sum))];
    }

    // Kolmogorov and Smirnov: D·√n exceeds 1.95 with probability 0.001.
    private static void ShouldBeUniform(DetectionResult[] results)
    {
        double n = results.Length;
        double[] sorted = [.. results.Select(r => r.ApproximatePValue).Order()];
        double distance = sorted.Select((p, i) => Math.Max(Math.Abs(p - (i / n)), Math.Abs(p - ((i + 1) / n)))).Max();
        (distance * Math.Sqrt(n)).Should().BeLessThan(1.95);
    }
}
