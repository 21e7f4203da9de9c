using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class ProbabilityFingerprintTests : FingerprintEmbedderContract, IDisposable
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(2, 0.05)]
    [InlineData(10, 0.5)]
    [InlineData(127, 0.05)]
    [InlineData(1000, 0.5)]
    [InlineData(5000, 1e-6)]
    public void A_row_stays_a_distribution_within_the_stated_change_and_keeps_what_is_largest(int length, double strength)
    {
        using IFingerprintEmbedder embedder = Embedder(1, strength);
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            float[] clean = Softmax(FingerprintTestData.Row(random, length, scale: random.Next(1, 30)));
            if (seed % 3 == 0)
            {
                // Ties at the top, and zeros.
                clean[random.Next(length)] = clean.Max();
                clean[random.Next(length)] = 0;
            }

            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("p", marked, 1, length)).MarkedRows.Should().Be(1);

            ((double)marked.Sum(p => (double)p)).Should().BeApproximately(clean.Sum(p => (double)p), 1e-5);
            float max = clean.Max();
            float top = marked.Max();
            for (int i = 0; i < length; i++)
            {
                (marked[i] == top).Should().Be(clean[i] == max);
                (clean[i] != 0 || marked[i] == 0).Should().BeTrue("zeros stay zeros");
                if (clean[i] > 1e-30f)
                {
                    Math.Abs(Math.Log(marked[i] / (double)clean[i])).Should().BeLessThanOrEqualTo((2 * strength) + 1e-6);
                }
            }
        }
    }

    [Theory]
    [InlineData(1000, 5)]
    [InlineData(10, 400)]
    public void A_trace_names_one_of_a_thousand_from_probabilities(int length, int rows)
    {
        using IFingerprintEmbedder embedder = Embedder(321);
        Random random = new(3);
        FingerprintEvidence evidence = new(length);
        for (int row = 0; row < rows; row++)
        {
            float[] clean = Softmax(FingerprintTestData.Row(random, length));
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("p", marked, 1, length));
            evidence.AddInformedProbabilities(marked, clean).Should().BeTrue();
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
    }

    [Theory]
    [InlineData(1.0, 7)]
    [InlineData(2.5, 7)]
    [InlineData(1.0, 4)]
    public void Marked_logits_are_traced_through_a_softmax_of_any_temperature_and_rounding(double temperature, int decimals)
    {
        using IFingerprintEmbedder embedder = new LogitFingerprint(_key).Create(new FingerprintSubject(FingerprintTestData.Model, 77));
        Random random = new(4);
        FingerprintEvidence evidence = new(1000);
        for (int row = 0; row < 40; row++)
        {
            float[] clean = FingerprintTestData.Row(random, 1000, scale: 1.5);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("logits", marked, 1, 1000));
            float[] suspect = [.. Softmax([.. marked.Select(z => z / (float)temperature)]).Select(p => (float)Math.Round(p, decimals))];
            evidence.AddInformedProbabilities(suspect, Softmax(clean));
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(77);
    }

    [Fact]
    public void What_is_no_distribution_is_left_bit_for_bit_or_refused()
    {
        using IFingerprintEmbedder embedder = Embedder(1);
        float[] rows = [0, 0, 0, 0.5f, -0.1f, 0.6f];
        float[] before = [.. rows];

        embedder.Embed(OutputTensor.Create("p", rows, 2, 3)).Should().Be(new FingerprintOutcome(0, 2));

        FingerprintTestData.Bits(rows).Should().Equal(FingerprintTestData.Bits(before));
        ((Action)(() => embedder.Embed(OutputTensor.Create("p", [0.5f, float.NaN], 1, 2)))).Should().Throw<NonFiniteOutputException>();
        ((Action)(() => embedder.Embed(OutputTensor.Create("p", [1L], 1, 1)))).Should().Throw<NotSupportedException>();
        ((Action)(() => _ = new ProbabilityFingerprint(_key, new() { Strength = 0.6 }))).Should().Throw<ArgumentOutOfRangeException>();
        ProbabilityFingerprint factory = new(_key);
        ((Action)(() => factory.CheckOutput(new TensorInfo("p", TensorElementType.Int64, [-1])))).Should().Throw<NotSupportedException>();
        ((Action)(() => factory.CheckOutput(new TensorInfo("p", TensorElementType.Float32, [-1, 1])))).Should().Throw<NotSupportedException>().WithMessage("*'p'*1 elements*");
        FingerprintEvidence evidence = new(3);
        evidence.AddInformedProbabilities([0.1f, float.NaN, 0.2f], [0.1f, 0.2f, 0.7f]).Should().BeFalse();
        evidence.AddInformedProbabilities([0, 0, 1], [0, 0, 1]).Should().BeFalse();
    }

    protected override IFingerprintEmbedderFactory CreateFactory() => new ProbabilityFingerprint(_key);

    protected override OutputTensor CreateOutput(int seed, int rows, int rowLength)
    {
        Random random = new(seed);
        float[] data = [.. Enumerable.Range(0, rows).SelectMany(_ => Softmax(FingerprintTestData.Row(random, rowLength)))];
        return OutputTensor.Create("p", data, rows, rowLength);
    }

    private IFingerprintEmbedder Embedder(ulong licensee, double strength = ProbabilityFingerprintOptions.DefaultStrength) =>
        new ProbabilityFingerprint(_key, new() { Strength = strength }).Create(new FingerprintSubject(FingerprintTestData.Model, licensee));

    private static float[] Softmax(float[] logits)
    {
        double max = logits.Max();
        double sum = logits.Sum(z => Math.Exp(z - max));
        return [.. logits.Select(z => (float)(Math.Exp(z - max) / sum))];
    }
}
