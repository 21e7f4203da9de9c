using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class CandidateDistributionTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.95)]
    public void Every_length_is_the_softmax_of_what_is_not_forbidden_and_comes_back_as_logarithms(double forbidden)
    {
        Random random = new(1);
        CandidateDistribution distribution = new();
        for (int length = 1; length <= 70; length++)
        {
            float[] scores = FingerprintTestData.Row(random, length, scale: 8);
            foreach (ref float score in scores.AsSpan(1))
            {
                score = random.NextDouble() < forbidden ? float.NegativeInfinity : score;
            }

            double[] expected = Softmax(scores);
            int[] allowed = [.. Enumerable.Range(0, length).Where(i => expected[i] > 0)];

            distribution.TryRead(scores, out double entropy).Should().BeTrue();

            distribution.Count.Should().Be(allowed.Length);
            Enumerable.Range(0, distribution.Count).Select(distribution.PlaceOf).Should().Equal(allowed);
            distribution.Probabilities[..allowed.Length].ToArray().Should()
                .Equal(allowed.Select(i => expected[i]), (a, b) => Math.Abs(a - b) <= 1e-14 * b);
            distribution.Probabilities[allowed.Length..].ContainsAnyExcept(0.0).Should().BeFalse();
            (distribution.Probabilities.Length % Tournament.Step).Should().Be(0);
            entropy.Should().BeApproximately(-expected.Sum(p => p > 0 ? p * Math.Log2(p) : 0), 1e-12);
            distribution.Write(scores);
            scores.Should().Equal(expected.Select(p => (float)Math.Log(p)), (a, b) => a.Equals(b) || Math.Abs(a - b) <= 1e-6f * Math.Abs(b));
        }
    }

    [Fact]
    public void Scores_as_far_apart_as_floats_allow_are_a_distribution()
    {
        CandidateDistribution distribution = new();
        float[] scores = [float.MinValue, float.MaxValue, 0, float.NegativeInfinity, float.MaxValue];

        distribution.TryRead(scores, out double entropy).Should().BeTrue();
        entropy.Should().Be(1);
        distribution.Write(scores);

        scores.Should().Equal(
            float.NegativeInfinity, (float)Math.Log(0.5), float.NegativeInfinity, float.NegativeInfinity, (float)Math.Log(0.5));
    }

    [Fact]
    public void Scores_that_are_no_distribution_are_refused_wherever_they_show_it()
    {
        CandidateDistribution distribution = new();
        for (int length = 1; length <= 20; length++)
        {
            for (int place = 0; place < length; place++)
            {
                float[] scores = new float[length];
                foreach (float wrong in new[] { float.NaN, float.PositiveInfinity })
                {
                    scores[place] = wrong;

                    distribution.TryRead(scores, out double entropy).Should().BeFalse();

                    (distribution.Count, entropy).Should().Be((0, 0.0));
                }
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_tournament_of_any_length_is_the_published_formula(int leaves)
    {
        Random random = new(2);
        for (int length = 1; length <= 40; length++)
        {
            double[] played = Softmax(FingerprintTestData.Row(random, length));
            ulong[] bits = [.. Enumerable.Range(0, length).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
            double[] expected = [.. played];
            for (int layer = 0; layer < SynthIdOptions.MaxDepth; layer++)
            {
                double share = Enumerable.Range(0, length).Sum(i => ((bits[i] >> layer) & 1) * expected[i]);
                for (int i = 0; i < length; i++)
                {
                    expected[i] *= ((bits[i] >> layer) & 1) == 0
                        ? Math.Pow(1 - share, leaves - 1)
                        : Enumerable.Range(0, leaves).Sum(power => Math.Pow(1 - share, power));
                }
            }

            Tournament.Play(played, bits, SynthIdOptions.MaxDepth, leaves);

            played.Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-10);
        }
    }

    private static double[] Softmax(float[] scores)
    {
        double most = scores.Max();
        double total = scores.Sum(score => Math.Exp(score - most));
        return [.. scores.Select(score => Math.Exp(score - most) / total)];
    }
}
