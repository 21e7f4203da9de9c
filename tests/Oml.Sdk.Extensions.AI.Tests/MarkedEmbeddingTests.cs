using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Embeddings that an application sees still name the licensee.</summary>
public sealed class MarkedEmbeddingTests
{
    private const ulong Alice = 12;
    private const int Texts = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Embeddings_that_were_normalised_are_traced_to_the_licensee(bool isHalf)
    {
        using FingerprintKey key = FingerprintKey.Import([.. Enumerable.Range(0, FingerprintKey.Size).Select(i => (byte)i)]);
        Encoder encoder = new(dimensions: 384) { IsPooled = true, IsHalf = isHalf };
        await using Licensed clean = await Licensed.OnnxAsync(encoder.ToArray());
        await using Licensed model = await Licensed.OnnxAsync(
            encoder.ToArray(), builder => builder.UseFingerprint(new EmbeddingFingerprint(key), "sentence_embedding"));
        float[][] unmarked = await EmbedAsync(clean, fingerprint: null);
        float[][] marked = await EmbedAsync(model, Alice);

        FingerprintEvidence evidence = new(384);
        for (int i = 0; i < Texts; i++)
        {
            evidence.AddInformed(marked[i], unmarked[i]);
        }

        TraceResult result = evidence.Trace(key, model.Model.Id, [.. Enumerable.Range(1, 1000).Select(id => (ulong)id)]);

        result.Accused.Should().Be(Alice);
        result.Ranked[0].Log10CorrectedPValue.Should().BeLessThan(-9);
    }

    private static async Task<float[][]> EmbedAsync(Licensed model, ulong? fingerprint)
    {
        await using OmlSession session = await model.AuthorizeAsync(fingerprint: fingerprint);
        using OmlEmbeddingGenerator generator = new(session, new LetterTokenizer());
        return [.. (await generator.GenerateAsync(Enumerable.Range(0, Texts).Select(i => $"text {i}, of which there are {i * i}"))).Select(e => e.Vector.ToArray())];
    }
}
