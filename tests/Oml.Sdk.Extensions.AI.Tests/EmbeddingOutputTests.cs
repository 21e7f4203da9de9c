using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Which output is read, and what becomes of one that is not as it should be.</summary>
public sealed class EmbeddingOutputTests
{
    private static readonly TensorInfo States = new("last_hidden_state", TensorElementType.Float32, [-1, -1, 2]);
    private static readonly TensorInfo Sentence = new("sentence_embedding", TensorElementType.Float32, [-1, 2]);
    private static readonly TensorInfo Pooler = new("pooler_output", TensorElementType.Float32, [-1, 2]);
    private static readonly LetterTokenizer Letters = new();
    private static readonly OmlEmbeddingGeneratorOptions AsTheyAre = new() { Normalize = false };

    [Theory]
    [InlineData(1, null, new[] { "last_hidden_state", "pooler_output", "sentence_embedding" })]
    [InlineData(2, null, new[] { "pooler_output", "last_hidden_state" })]
    [InlineData(3, null, new[] { "pooler_output" })]
    [InlineData(3, "pooler_output", new[] { "last_hidden_state", "pooler_output", "sentence_embedding" })]
    public async Task The_output_is_the_named_one_or_the_known_one_or_the_only_one(float expected, string? named, string[] outputs)
    {
        TensorInfo[] declared = [.. outputs.Select(name => new[] { States, Sentence, Pooler }.Single(info => info.Name == name))];
        MadeUpEncoder encoder = new(declared, (texts, tokens) => [.. declared.Select(info => Filled(
            info.Name, info == Sentence ? 1 : info == States ? 2 : 3, info == States ? [texts, tokens, 2] : [texts, 2]))]);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { Output = named, Normalize = false });

        (await generator.GenerateAsync(["text"]))[0].Vector.ToArray().Should().Equal(expected, expected);
    }

    [Fact]
    public async Task Several_unknown_outputs_are_not_guessed_at()
    {
        await ShouldBeRefusedAsync([Pooler, new("scores", TensorElementType.Float32, [-1, 2])], "*none is known to be the embedding; name it in the options.");
    }

    [Theory]
    [InlineData(TensorElementType.Int64, new long[] { -1, 2 })]
    [InlineData(TensorElementType.Float64, new long[] { -1, 2 })]
    [InlineData(TensorElementType.Float32, new long[] { -1 })]
    [InlineData(TensorElementType.Float32, new long[] { -1, -1, 1, 2 })]
    public async Task An_output_of_another_type_or_rank_is_refused(TensorElementType type, long[] shape)
    {
        await ShouldBeRefusedAsync([new("sentence_embedding", type, [.. shape])], "The output *sentence_embedding* must be of Float32 or Float16*");
    }

    [Theory]
    [InlineData(new long[] { 2, 2 })]
    [InlineData(new long[] { 1, 5, 2 })]
    [InlineData(new long[] { 1, 3, 2 })]
    [InlineData(new long[] { 2, 4, 2 })]
    [InlineData(new long[] { 1, 0 })]
    [InlineData(new long[] { 2 })]
    [InlineData(new long[] { 1, 4, 1, 2 })]
    [InlineData(new long[0])]
    public async Task A_runtime_that_returns_another_shape_is_told_so(long[] shape)
    {
        MadeUpEncoder encoder = new([new("embedding", TensorElementType.Float32, [], anyRank: true)], (_, _) => [Filled("embedding", 1, shape)]);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        (await generator.Invoking(g => g.GenerateAsync(["four"])).Should().ThrowAsync<UnsupportedModelException>())
            .Which.Message.Should().StartWith($"The output 'embedding' came with the dimensions [{string.Join(", ", shape)}]; expected were [1, dimensions]");
    }

    [Fact]
    public async Task A_runtime_that_returns_another_type_is_told_so()
    {
        MadeUpEncoder encoder = new([Sentence], (texts, _) => [OutputTensor.Create(Sentence.Name, new double[texts * 2], texts, 2)]);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        (await generator.Invoking(g => g.GenerateAsync(["text"])).Should().ThrowAsync<UnsupportedModelException>()).WithMessage("*sentence_embedding*Float64*");
    }

    [Fact]
    public async Task Dimensions_that_a_model_does_not_declare_are_those_that_come()
    {
        MadeUpEncoder encoder = new(
            [new("sentence_embedding", TensorElementType.Float32, [-1, -1])], (texts, _) => [Filled("sentence_embedding", 1, texts, 4)]);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters, AsTheyAre);

        ((EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!).DefaultModelDimensions.Should().BeNull();
        (await generator.GenerateAsync(["a", "b"], new EmbeddingGenerationOptions { Dimensions = 4 })).Should().OnlyContain(e => e.Vector.Length == 4);
        await generator.Invoking(g => g.GenerateAsync(["a", "b"], new EmbeddingGenerationOptions { Dimensions = 5 }))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("Embeddings of 5 dimensions are asked for; the model's have 4.");
    }

    [Fact]
    public async Task Zeros_stay_zeros()
    {
        MadeUpEncoder encoder = new([Sentence], (texts, _) => [Filled(Sentence.Name, 0, texts, 2)]);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        (await generator.GenerateAsync(["a"]))[0].Vector.ToArray().Should().Equal(0, 0);
    }

    [Theory]
    [InlineData(3e38f)]
    [InlineData(1e-42f)]
    public async Task The_largest_and_the_smallest_are_brought_to_the_length_1_too(float value)
    {
        MadeUpEncoder encoder = new([Sentence], (texts, _) => [Filled(Sentence.Name, value, texts, 2)]);
        await using Licensed model = await encoder.LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        foreach (float x in (await generator.GenerateAsync(["a"]))[0].Vector.ToArray())
        {
            x.Should().BeApproximately(MathF.Sqrt(0.5f), 1e-6f);
        }
    }

    private static async Task ShouldBeRefusedAsync(TensorInfo[] outputs, string message)
    {
        await using Licensed model = await new MadeUpEncoder(outputs, (_, _) => []).LicenseAsync();
        await using OmlSession session = await model.AuthorizeAsync();

        FluentActions.Invoking(() => new OmlEmbeddingGenerator(session, Letters)).Should().Throw<UnsupportedModelException>().WithMessage(message);
    }

    private static OutputTensor Filled(string name, float value, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        Array.Fill(values, value);
        return OutputTensor.Create(name, values, shape);
    }
}
