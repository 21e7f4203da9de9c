using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Suspects that tell the best few classes only.</summary>
public sealed class TopClassesTests : IDisposable
{
    private const int Length = 1000;

    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(5, false, 100)]
    [InlineData(5, true, 100)]
    [InlineData(20, true, 20)]
    public void The_best_few_of_enough_rows_name_one_of_a_thousand(int most, bool probabilities, int rows)
    {
        using IFingerprintEmbedder embedder = new LogitFingerprint(_key).Create(new FingerprintSubject(FingerprintTestData.Model, 321));
        Random random = new(2);
        FingerprintEvidence evidence = new(Length);
        FingerprintEvidence unmarked = new(Length);
        for (int row = 0; row < rows; row++)
        {
            float[] clean = FingerprintTestData.Row(random, Length, scale: 2);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, Length));
            Add(evidence, marked, clean);
            Add(unmarked, [.. clean.Select(z => z + (float)(0.05 * FingerprintTestData.Normal(random)))], clean);
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
        unmarked.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();

        void Add(FingerprintEvidence to, float[] suspect, float[] clean)
        {
            suspect = probabilities ? Softmax(suspect) : suspect;
            int[] classes = [.. Enumerable.Range(0, Length).OrderByDescending(i => suspect[i]).Take(most)];
            float[] scores = [.. classes.Select(i => suspect[i])];
            bool used = probabilities
                ? to.AddInformedTopProbabilities(classes, scores, Softmax(clean))
                : to.AddInformedTop(classes, scores, clean);
            used.Should().BeTrue();
        }
    }

    [Fact]
    public void Classes_that_are_few_double_or_none_are_refused()
    {
        FingerprintEvidence evidence = new(10);
        float[] reference = FingerprintTestData.Row(new Random(1), 10);

        ((Action)(() => evidence.AddInformedTop([1, 2], [1, 2], reference))).Should().Throw<ArgumentException>().WithMessage("*3 classes*2*");
        ((Action)(() => evidence.AddInformedTop([1, 2, 3], [1, 2], reference))).Should().Throw<ArgumentException>();
        ((Action)(() => evidence.AddInformedTop([1, 2, 2], [1, 2, 3], reference))).Should().Throw<ArgumentException>().WithMessage("*class 2*");
        ((Action)(() => evidence.AddInformedTop([1, 2, 10], [1, 2, 3], reference))).Should().Throw<ArgumentException>().WithMessage("*0 to 9*");
        ((Action)(() => evidence.AddInformedTopProbabilities([1, 2, -1], [1, 2, 3], reference))).Should().Throw<ArgumentException>();
        ((Action)(() => evidence.AddInformedTop([1, 2, 3], [1, 2, 3], reference.AsSpan(1)))).Should().Throw<ArgumentException>();
        evidence.AddInformedTop([1, 2, 3], [1, float.NaN, 3], reference).Should().BeFalse();
    }

    private static float[] Softmax(float[] logits)
    {
        double max = logits.Max();
        double sum = logits.Sum(z => Math.Exp(z - max));
        return [.. logits.Select(z => (float)(Math.Exp(z - max) / sum))];
    }
}
