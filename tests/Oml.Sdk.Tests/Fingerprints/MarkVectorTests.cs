using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Tests.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>The vectors of docs/spec/fingerprint.md §8, §9 and §13, which a program of its own computed from the text and the keystream of §6.</summary>
public sealed class MarkVectorTests : IDisposable
{
    private readonly FingerprintKey _key = TextTestData.SpecificationKey();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Probabilities_become_those_of_the_specification() => Check(
        new ProbabilityFingerprint(_key, new() { Strength = 0.05 }),
        i => (float)((i + 1) / 8256d),
        [0x38f236a8, 0x397236a8, 0x39b5a8fe, 0x39f236a8, 0x3a176229, 0x3a48c3f6],
        0x3c85d7fa);

    [Fact]
    public void Embeddings_become_those_of_the_specification() => Check(
        new EmbeddingFingerprint(_key, new() { CosineError = 1e-3 }),
        i => (i - 50) / 8f,
        [0xc0cf49db, 0xc0cb489a, 0xc0c7475a, 0xc0c3461a, 0xc0bf44d9, 0xc0ad2d14],
        0x4116aa92);

    [Fact]
    public void Values_become_those_of_the_specification() => Check(
        new RelativeFingerprint(_key, new() { RelativeError = 1e-3 }),
        i => (i - 50) / 8f,
        [0xc0c7cccd, 0xc0c3cdd3, 0xc0bfced9, 0xc0bbcfdf, 0xc0b7d0e6, 0xc0b42e15],
        0x4119d894);

    private static void Check(IFingerprintEmbedderFactory factory, Func<int, float> element, uint[] first, uint last)
    {
        using IFingerprintEmbedder embedder = factory.Create(TextTestData.SpecificationSubject);
        float[] row = [.. Enumerable.Range(0, 128).Select(element)];

        embedder.Embed(OutputTensor.Create("y", row, 1, 128)).Should().Be(new FingerprintOutcome(1, 0));

        uint[] bits = FingerprintTestData.Bits(row);
        bits[..6].Should().Equal(first);
        bits[^1].Should().Be(last);
    }
}
