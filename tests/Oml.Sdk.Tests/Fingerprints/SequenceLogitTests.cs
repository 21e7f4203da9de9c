using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Logits of decoders: [batch, sequence, vocabulary]. A row is the last dimension, so every token has its own.</summary>
public sealed class SequenceLogitTests : IDisposable
{
    private const int Batch = 2;
    private const int Sequence = 5;

    private static readonly FingerprintSubject Licensee = new(FingerprintTestData.Model, 321);

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(10, 0.0)]
    [InlineData(300, 0.0)]
    [InlineData(300, 0.5)]
    [InlineData(20_000, 0.0)]
    public void Every_token_is_marked_as_its_row_alone_would_be(int vocabulary, double contextualShare)
    {
        using IFingerprintEmbedder embedder = Embedder(contextualShare);
        float[] clean = FingerprintTestData.Row(new Random(1), Batch * Sequence * vocabulary);
        float[] floats = [.. clean];
        Half[] halves = Array.ConvertAll(clean, x => (Half)x);
        double[] doubles = Array.ConvertAll(clean, x => (double)x);

        embedder.Embed(OutputTensor.Create("logits", floats, Batch, Sequence, vocabulary)).Should().Be(new FingerprintOutcome(Batch * Sequence, 0));
        embedder.Embed(OutputTensor.Create("logits", halves, Batch, Sequence, vocabulary)).Should().Be(new FingerprintOutcome(Batch * Sequence, 0));
        embedder.Embed(OutputTensor.Create("logits", doubles, Batch, Sequence, vocabulary)).Should().Be(new FingerprintOutcome(Batch * Sequence, 0));

        for (int start = 0; start < clean.Length; start += vocabulary)
        {
            float[] row = clean[start..(start + vocabulary)];
            Half[] halfRow = Array.ConvertAll(row, x => (Half)x);
            double[] doubleRow = Array.ConvertAll(row, x => (double)x);
            embedder.Embed(OutputTensor.Create("logits", row, 1, vocabulary));
            embedder.Embed(OutputTensor.Create("logits", halfRow, 1, 1, vocabulary));
            embedder.Embed(OutputTensor.Create("logits", doubleRow, vocabulary));
            floats.AsSpan(start, vocabulary).SequenceEqual(row).Should().BeTrue();
            halves.AsSpan(start, vocabulary).SequenceEqual(halfRow).Should().BeTrue();
            doubles.AsSpan(start, vocabulary).SequenceEqual(doubleRow).Should().BeTrue();
        }
    }

    [Fact]
    public void The_last_token_s_slice_keeps_its_choice_and_names_the_licensee()
    {
        const int vocabulary = 1000;
        using IFingerprintEmbedder embedder = Embedder(0);
        float[] clean = FingerprintTestData.Row(new Random(2), Batch * Sequence * vocabulary);
        float[] marked = [.. clean];
        embedder.Embed(OutputTensor.Create("logits", marked, Batch, Sequence, vocabulary));

        // What a generator reads of each text: the next token's scores, and nothing of the prompt's.
        FingerprintEvidence evidence = new(vocabulary);
        for (int text = 0; text < Batch; text++)
        {
            Range last = (((text * Sequence) + Sequence - 1) * vocabulary)..((text + 1) * Sequence * vocabulary);
            FingerprintTestData.ArgMax(marked[last]).Should().Be(FingerprintTestData.ArgMax(clean[last]));
            evidence.AddInformed(marked[last], clean[last]).Should().BeTrue();
        }

        evidence.Trace(_key, FingerprintTestData.Model, [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)]).Accused.Should().Be(321);
    }

    [Fact]
    public void A_token_that_is_not_finite_is_refused_by_its_number_in_the_whole_output()
    {
        using IFingerprintEmbedder embedder = Embedder(0);
        float[] data = FingerprintTestData.Row(new Random(3), Batch * Sequence * 20);
        data[(7 * 20) + 13] = float.NaN;

        NonFiniteOutputException error = ((Action)(() => embedder.Embed(OutputTensor.Create("logits", data, Batch, Sequence, 20))))
            .Should().Throw<NonFiniteOutputException>().Which;

        (error.Row, error.Column).Should().Be((7L, 13L));
    }

    private IFingerprintEmbedder Embedder(double contextualShare)
    {
        LogitFingerprint fingerprint = new(_key, new() { ContextualShare = contextualShare });
        fingerprint.CheckOutput(new TensorInfo("logits", TensorElementType.Float32, [-1, -1, -1]));
        return fingerprint.Create(Licensee);
    }
}
