using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Requests that are cut short, and many at once.</summary>
public sealed class EmbeddingRequestTests
{
    private static readonly TensorInfo Sentence = new("sentence_embedding", TensorElementType.Float32, [-1, 2]);
    private static readonly OmlEmbeddingGeneratorOptions OneByOne = new() { MaxBatchSize = 1 };

    [Fact]
    public async Task Batches_before_a_cancellation_are_paid_and_no_others()
    {
        using CancellationTokenSource cancellation = new();
        MadeUpEncoder encoder = Ones();
        encoder.During = run => CancelAt(run, 2, cancellation);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync(quota: 5);
        using OmlEmbeddingGenerator generator = new(session, new LetterTokenizer(), OneByOne);

        await generator.Invoking(g => g.GenerateAsync(["a", "b", "c"], cancellationToken: cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();

        session.UnitsSpent.Should().Be(2);
        (await generator.GenerateAsync(["a", "b", "c"])).Should().HaveCount(3, "three units are left");

        static void CancelAt(int run, int number, CancellationTokenSource source)
        {
            if (run == number)
            {
                source.Cancel();
            }
        }
    }

    [Fact]
    public async Task Batches_before_the_end_of_the_quota_are_paid_and_no_others()
    {
        int runs = 0;
        MadeUpEncoder encoder = Ones();
        encoder.During = run => runs = run;
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync(quota: 2);
        using OmlEmbeddingGenerator generator = new(session, new LetterTokenizer(), OneByOne);

        (await generator.Invoking(g => g.GenerateAsync(["a", "b", "c"])).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.QuotaExhausted);

        session.UnitsSpent.Should().Be(2);
        runs.Should().Be(2, "a denied call never runs the model");
    }

    [Fact]
    public async Task Embeddings_have_the_provider_s_time_and_the_model_s_name()
    {
        await using Licensed model = await Ones().LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(
            session, new LetterTokenizer(), new OmlEmbeddingGeneratorOptions { TimeProvider = model.Time });

        model.Time.Advance(TimeSpan.FromMinutes(5));
        Embedding<float> embedding = (await generator.GenerateAsync(["a"]))[0];

        embedding.CreatedAt.Should().Be(new DateTimeOffset(2026, 6, 1, 12, 5, 0, TimeSpan.Zero));
        embedding.ModelId.Should().Be(model.Model.Id.ToString());
    }

    [Fact]
    public async Task Serves_requests_at_the_same_time()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, new LetterTokenizer(), new OmlEmbeddingGeneratorOptions { MaxBatchSize = 2 });
        string[][] texts = [.. Enumerable.Range(0, 8).Select(i => Enumerable.Range(0, 3).Select(j => $"{new string('x', i)} text {j} of {i}").ToArray())];
        float[][][] expected = new float[8][][];
        for (int i = 0; i < 8; i++)
        {
            expected[i] = Vectors(await generator.GenerateAsync(texts[i]));
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, cancellation) =>
        {
            float[][] vectors = Vectors(await generator.GenerateAsync(texts[i % 8], cancellationToken: cancellation));
            for (int j = 0; j < 3; j++)
            {
                vectors[j].Should().Equal(expected[i % 8][j]);
            }
        });

        session.UnitsSpent.Should().Be((8 + 64) * 2);

        static float[][] Vectors(GeneratedEmbeddings<Embedding<float>> embeddings) => [.. embeddings.Select(embedding => embedding.Vector.ToArray())];
    }

    private static MadeUpEncoder Ones() => new([Sentence], (texts, _) =>
    {
        float[] ones = new float[texts * 2];
        Array.Fill(ones, 1);
        return [OutputTensor.Create(Sentence.Name, ones, texts, 2)];
    });
}
