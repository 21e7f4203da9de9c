using Oml.Sdk.Fingerprints;

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

        // Kolmogorov and Smirnov: D·√n exceeds 1.95 with probability 0.001.
        double[] sorted = [.. results.Select(r => r.ApproximatePValue).Order()];
        double distance = sorted.Select((p, i) => Math.Max(Math.Abs(p - (i / (double)Keys)), Math.Abs(p - ((i + 1) / (double)Keys)))).Max();
        (distance * Math.Sqrt(Keys)).Should().BeLessThan(1.95);
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
}
