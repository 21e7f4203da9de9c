using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Rows of halves become what the spec makes of the same rows of floats (docs/spec/fingerprint.md §3.1).</summary>
public sealed class HalfMarkTests : IDisposable
{
    private static readonly FingerprintSubject Licensee = new(FingerprintTestData.Model, 321);

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public enum Kind
    {
        Logits,
        LogitsInContext,
        Probabilities,
        Embeddings,
        Values,
    }

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(Kind.Logits)]
    [InlineData(Kind.LogitsInContext)]
    [InlineData(Kind.Probabilities)]
    [InlineData(Kind.Embeddings)]
    [InlineData(Kind.Values)]
    public void Marked_halves_are_the_marked_floats_rounded(Kind kind)
    {
        using IFingerprintEmbedder embedder = Factory(kind).Create(Licensee);
        int marked = 0;
        foreach (int length in Enumerable.Range(2, 199).Concat([1000, 2055]))
        {
            for (int numbers = 0; numbers < HalfTestData.Kinds; numbers++)
            {
                Random random = new((100 * length) + numbers);
                Half[] clean = [.. Enumerable.Range(0, length).Select(_ => HalfTestData.Number(random, numbers))];
                clean = kind == Kind.Probabilities ? Array.ConvertAll(clean, Half.Abs) : clean;
                Half[] halves = [.. clean];
                bool isMarked = embedder.Embed(OutputTensor.Create("y", halves, 1, length)).MarkedRows == 1;

                Bits(halves).Should().Equal(Bits(isMarked ? Expected(embedder, kind, clean) : clean));
                marked += isMarked ? 1 : 0;
            }
        }

        // Embeddings of fewer than 128 elements are left.
        marked.Should().BeGreaterThan(kind == Kind.Embeddings ? 400 : 600);
    }

    private static Half[] Expected(IFingerprintEmbedder embedder, Kind kind, Half[] clean)
    {
        float[] floats = Array.ConvertAll(clean, x => (float)x);
        float max = floats.Max();
        embedder.Embed(OutputTensor.Create("y", floats, 1, floats.Length)).MarkedRows.Should().Be(1);
        bool keepsTop = kind is Kind.Logits or Kind.LogitsInContext or Kind.Probabilities;
        return [.. floats.Select((x, i) =>
        {
            Half rounded = (Half)Math.Clamp(x, -65504f, 65504f);
            return keepsTop && (float)clean[i] == max ? Half.BitIncrement(rounded) : rounded;
        })];
    }

    private IFingerprintEmbedderFactory Factory(Kind kind)
    {
        IFingerprintEmbedderFactory factory = kind switch
        {
            Kind.Logits => new LogitFingerprint(_key),
            Kind.LogitsInContext => new LogitFingerprint(_key, new() { ContextualShare = 0.5 }),
            Kind.Probabilities => new ProbabilityFingerprint(_key),
            Kind.Embeddings => new EmbeddingFingerprint(_key, new() { CosineError = 1e-3 }),
            _ => new RelativeFingerprint(_key),
        };
        factory.CheckOutput(new TensorInfo("y", TensorElementType.Float16, [-1, 150]));
        factory.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1, -1]));
        return factory;
    }

    private static ushort[] Bits(Half[] row) => Array.ConvertAll(row, BitConverter.HalfToUInt16Bits);
}
