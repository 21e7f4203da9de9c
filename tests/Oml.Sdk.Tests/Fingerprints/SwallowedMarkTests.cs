using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Marks so weak that rounding could swallow them: they are refused beforehand, or not counted.</summary>
public sealed class SwallowedMarkTests : IDisposable
{
    private static readonly FingerprintSubject Licensee = new(FingerprintTestData.Model, 321);

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Strengths_below_the_least_are_refused()
    {
        Throws(() => new LogitFingerprint(_key, new() { RelativeAmplitude = 9e-7 }), "RelativeAmplitude is 1E-06 to 0.25*");
        Throws(() => new ProbabilityFingerprint(_key, new() { Strength = 9e-7 }), "Strength is 1E-06 to 0.5*");
        Throws(() => new EmbeddingFingerprint(_key, new() { CosineError = 9e-10 }), "CosineError is 1E-09 to 0.05*");
        Throws(() => new RelativeFingerprint(_key, new() { RelativeError = 9e-7 }), "RelativeError is 1E-06 to 0.05*");

        static void Throws(Func<object> make, string message) =>
            make.Should().Throw<ArgumentOutOfRangeException>().WithMessage(message).WithParameterName("options");
    }

    [Fact]
    public void Halves_need_more_and_say_so_before_the_first_answer()
    {
        TensorInfo halves = new("y", TensorElementType.Float16, [-1, 500]);
        TensorInfo floats = new("y", TensorElementType.Float32, [-1, 500]);
        (IFingerprintEmbedderFactory Weak, IFingerprintEmbedderFactory Enough, string Option)[] cases =
        [
            (new ProbabilityFingerprint(_key, new() { Strength = 9.7e-4 }), new ProbabilityFingerprint(_key, new() { Strength = 1 / 1024d }), "Strength"),
            (new EmbeddingFingerprint(_key, new() { CosineError = 1.9e-6 }), new EmbeddingFingerprint(_key, new() { CosineError = 1 / 524288d }), "CosineError"),
            (new RelativeFingerprint(_key, new() { RelativeError = 9.7e-4 }), new RelativeFingerprint(_key, new() { RelativeError = 1 / 1024d }), "RelativeError"),
        ];
        foreach ((IFingerprintEmbedderFactory weak, IFingerprintEmbedderFactory enough, string option) in cases)
        {
            weak.Invoking(w => w.CheckOutput(halves)).Should().Throw<NotSupportedException>().WithMessage($"*'y'*{option}*at least*");
            weak.CheckOutput(floats);
            enough.CheckOutput(halves);
        }
    }

    [Fact]
    public void At_the_least_strength_every_value_of_a_sample_changes()
    {
        using IFingerprintEmbedder floats = new RelativeFingerprint(_key, new() { RelativeError = 1e-6 }).Create(Licensee);
        using IFingerprintEmbedder halves = new RelativeFingerprint(_key, new() { RelativeError = 1 / 1024d }).Create(Licensee);
        for (int seed = 0; seed < 100; seed++)
        {
            float[] clean = Away(FingerprintTestData.Row(new Random(seed), 500));
            float[] marked = [.. clean];
            Half[] cleanHalves = Array.ConvertAll(clean, x => (Half)x);
            Half[] markedHalves = [.. cleanHalves];

            floats.Embed(OutputTensor.Create("y", marked, 1, 500)).Should().Be(new FingerprintOutcome(1, 0));
            halves.Embed(OutputTensor.Create("y", markedHalves, 1, 500)).Should().Be(new FingerprintOutcome(1, 0));

            Changed(clean, marked).Should().Be(500);
            Changed(cleanHalves, markedHalves).Should().Be(500);
        }

        // Below 2⁻¹⁴ halves have fewer digits.
        static float[] Away(float[] row) => Array.ConvertAll(row, x => MathF.CopySign(MathF.Max(MathF.Abs(x), 1e-3f), x));
    }

    [Fact]
    public void At_the_least_strength_most_elements_of_a_row_change()
    {
        using IFingerprintEmbedder logits = new LogitFingerprint(_key, new() { RelativeAmplitude = 1e-6 }).Create(Licensee);
        using IFingerprintEmbedder floats = new ProbabilityFingerprint(_key, new() { Strength = 1e-6 }).Create(Licensee);
        using IFingerprintEmbedder halves = new ProbabilityFingerprint(_key, new() { Strength = 1 / 1024d }).Create(Licensee);
        using IFingerprintEmbedder angles = new EmbeddingFingerprint(_key, new() { CosineError = 1 / 524288d }).Create(Licensee);
        for (int seed = 0; seed < 100; seed++)
        {
            float[] row = FingerprintTestData.Row(new Random(seed), 300);
            float[] marked = [.. row];
            FingerprintOutcome outcome = logits.Embed(OutputTensor.Create("y", marked, 1, 300));
            (outcome.MarkedRows == 1).Should().Be(Changed(row, marked) > 150);

            // What the signs take from some classes goes to the others; where that is little for one side, rounding swallows it there.
            double sum = row.Sum(z => Math.Exp(z));
            float[] shares = [.. row.Select(z => (float)(Math.Exp(z) / sum))];
            marked = [.. shares];
            floats.Embed(OutputTensor.Create("y", marked, 1, 300)).MarkedRows.Should().Be(1);
            Changed(shares, marked).Should().BeGreaterThan(75);

            Half[] clean = Array.ConvertAll(shares, x => (Half)x);
            Half[] coarse = [.. clean];
            halves.Embed(OutputTensor.Create("y", coarse, 1, 300)).MarkedRows.Should().Be(1);
            Changed(clean, coarse).Should().BeGreaterThan(30);

            clean = Array.ConvertAll(row, x => (Half)(x / 50));
            coarse = [.. clean];
            angles.Embed(OutputTensor.Create("y", coarse, 1, 300)).MarkedRows.Should().Be(1);
            Changed(clean, coarse).Should().BeGreaterThan(290);
        }
    }

    [Fact]
    public void Rows_of_halves_that_are_too_small_to_change_are_left_and_not_counted()
    {
        Half[] tiny = [.. Enumerable.Range(0, 300).Select(i => (Half)(i % 7 * 6e-8f))];
        Half[] certain = [(Half)1, .. new Half[298], (Half)1e-7f];
        (IFingerprintEmbedderFactory Factory, Half[] Row)[] cases =
        [
            (new LogitFingerprint(_key), tiny),
            (new ProbabilityFingerprint(_key), tiny),
            (new ProbabilityFingerprint(_key), certain),
            (new EmbeddingFingerprint(_key), tiny),
            (new RelativeFingerprint(_key), tiny),
        ];
        foreach ((IFingerprintEmbedderFactory factory, Half[] row) in cases)
        {
            using IFingerprintEmbedder embedder = factory.Create(Licensee);
            Half[] marked = [.. row];

            embedder.Embed(OutputTensor.Create("y", marked, 1, 300)).Should().Be(new FingerprintOutcome(0, 1), "{0}", factory);

            marked.Should().Equal(row);
        }
    }

    private static int Changed<T>(T[] clean, T[] marked) => clean.Zip(marked).Count(pair => !pair.First!.Equals(pair.Second));
}
