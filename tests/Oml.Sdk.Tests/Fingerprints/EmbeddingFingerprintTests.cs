using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class EmbeddingFingerprintTests : FingerprintEmbedderContract, IDisposable
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(128, 1e-4)]
    [InlineData(384, 1e-3)]
    [InlineData(768, 1e-6)]
    [InlineData(4096, 0.05)]
    public void Every_row_keeps_its_norm_and_has_the_stated_cosine(int length, double error)
    {
        using IFingerprintEmbedder embedder = Embedder(1, error);
        for (int seed = 0; seed < 100; seed++)
        {
            float[] clean = FingerprintTestData.Row(new Random(seed), length, scale: Math.Pow(10, (seed % 7) - 3), shift: seed % 3);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("e", marked, 1, length)).MarkedRows.Should().Be(1);

            (Norm(marked) / Norm(clean)).Should().BeApproximately(1, 1e-6);
            (1 - Cosine(clean, marked)).Should().BeApproximately(error, (error * 1e-3) + 1e-7);
        }
    }

    [Fact]
    public void A_trace_names_one_of_a_thousand_from_a_few_embeddings_and_nobody_for_the_clean_model()
    {
        using IFingerprintEmbedder embedder = Embedder(321);
        Random random = new(3);
        FingerprintEvidence evidence = new(384);
        FingerprintEvidence noise = new(384);
        for (int row = 0; row < 5; row++)
        {
            float[] clean = Unit(random, 384);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("e", marked, 1, 384));
            evidence.AddInformed(marked, clean);
            noise.AddInformed([.. clean.Select(x => x + (float)(1e-3 * FingerprintTestData.Normal(random)))], clean);
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
        noise.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
    }

    [Fact]
    public void Blind_evidence_finds_it_in_many_embeddings()
    {
        using IFingerprintEmbedder embedder = Embedder(321, 1e-3);
        Random random = new(5);
        FingerprintEvidence evidence = new(384);
        for (int row = 0; row < 2000; row++)
        {
            float[] marked = Unit(random, 384);
            embedder.Embed(OutputTensor.Create("e", marked, 1, 384));
            evidence.AddBlind(marked);
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
    }

    [Fact]
    public void What_has_no_direction_or_too_few_elements_is_left_or_refused()
    {
        using IFingerprintEmbedder embedder = Embedder(1);
        float[] zeros = new float[256];

        embedder.Embed(OutputTensor.Create("e", zeros, 1, 256)).Should().Be(new FingerprintOutcome(0, 1));

        zeros.Should().OnlyContain(x => x == 0);
        embedder.Embed(OutputTensor.Create("e", FingerprintTestData.Row(new Random(1), 100), 1, 100)).Should().Be(new FingerprintOutcome(0, 1));
        EmbeddingFingerprint factory = new(_key);
        factory.CheckOutput(new TensorInfo("e", TensorElementType.Float32, [-1, 384]));
        ((Action)(() => factory.CheckOutput(new TensorInfo("e", TensorElementType.Float32, [-1, 64])))).Should().Throw<NotSupportedException>().WithMessage("*64 elements*128*");
        ((Action)(() => _ = new EmbeddingFingerprint(_key, new() { CosineError = 0.1 }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => embedder.Embed(OutputTensor.Create("e", [.. new float[127], float.NaN], 1, 128)))).Should().Throw<NonFiniteOutputException>();
    }

    [Fact]
    public void What_a_turn_would_make_infinite_is_left()
    {
        using IFingerprintEmbedder embedder = Embedder(1);
        Random coins = new(1);
        float[] clean = [.. Enumerable.Range(0, 256).Select(_ => coins.Next(2) == 0 ? float.MinValue : float.MaxValue)];
        float[] floats = [.. clean];
        double[] doubles = Array.ConvertAll(clean, x => (double)x);

        embedder.Embed(OutputTensor.Create("e", floats, 1, 256)).Should().Be(new FingerprintOutcome(0, 1));
        embedder.Embed(OutputTensor.Create("e", doubles, 1, 256)).Should().Be(new FingerprintOutcome(0, 1));

        floats.Should().Equal(clean);
        doubles.Should().Equal(Array.ConvertAll(clean, x => (double)x));
    }

    protected override IFingerprintEmbedderFactory CreateFactory() => new EmbeddingFingerprint(_key);

    protected override OutputTensor CreateOutput(int seed, int rows, int rowLength)
    {
        int length = Math.Max(128, rowLength);
        return OutputTensor.Create("e", FingerprintTestData.Row(new Random(seed), rows * length), rows, length);
    }

    // What it promises instead: the angle.
    protected override bool KeepsTop1(OutputTensor clean, OutputTensor marked, int row)
    {
        int length = (int)clean.RowLength;
        return 1 - Cosine(clean.GetSpan<float>().Slice(row * length, length), marked.GetSpan<float>().Slice(row * length, length)) < 1.01e-4;
    }

    private IFingerprintEmbedder Embedder(ulong licensee, double error = EmbeddingFingerprintOptions.DefaultCosineError) =>
        new EmbeddingFingerprint(_key, new() { CosineError = error }).Create(new FingerprintSubject(FingerprintTestData.Model, licensee));

    private static float[] Unit(Random random, int length)
    {
        float[] row = FingerprintTestData.Row(random, length);
        double norm = Norm(row);
        return [.. row.Select(x => (float)(x / norm))];
    }

    private static double Norm(ReadOnlySpan<float> row) => Math.Sqrt(Dot(row, row));

    private static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => Dot(left, right) / (Norm(left) * Norm(right));

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }
}
