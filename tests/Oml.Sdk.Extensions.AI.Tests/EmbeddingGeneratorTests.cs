using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Texts to embeddings, in ONNX Runtime, against sums by hand.</summary>
public sealed class EmbeddingGeneratorTests
{
    private static readonly LetterTokenizer Letters = new();
    private static readonly string[] Texts = ["a", "one text", "another, much longer one", "abc"];

    [Theory]
    [InlineData(EmbeddingPooling.Mean)]
    [InlineData(EmbeddingPooling.Cls)]
    [InlineData(EmbeddingPooling.LastToken)]
    public async Task Pools_the_states_of_the_text_and_never_those_of_its_padding(EmbeddingPooling pooling)
    {
        Encoder encoder = new() { HasTypes = true };
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { Pooling = pooling, Normalize = false });

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(Texts);

        embeddings.Should().HaveCount(Texts.Length);
        for (int i = 0; i < Texts.Length; i++)
        {
            float[][] states = encoder.States([.. Letters.Encode(Texts[i])]);
            float[] expected = pooling switch
            {
                EmbeddingPooling.Cls => states[0],
                EmbeddingPooling.LastToken => states[^1],
                _ => [.. Enumerable.Range(0, 4).Select(d => states.Average(state => state[d]))],
            };
            ShouldBeClose(embeddings[i], expected);
        }

        embeddings.Usage!.InputTokenCount.Should().Be(Texts.Sum(text => text.Length));
        session.UnitsSpent.Should().Be(1, "all texts fit one call");
    }

    [Theory]
    [InlineData(OnnxType.Int64, false)]
    [InlineData(OnnxType.Int32, true)]
    public async Task Reads_either_integers_and_either_precision_and_brings_embeddings_to_the_length_1(OnnxType integers, bool isHalf)
    {
        Encoder encoder = new() { Integers = integers, IsHalf = isHalf };
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        foreach ((Embedding<float> embedding, string text) in (await generator.GenerateAsync(Texts)).Zip(Texts))
        {
            float[] mean = [.. encoder.States([.. Letters.Encode(text)]).Aggregate(new float[4], (sum, state) => [.. sum.Zip(state, (a, b) => a + b)])];
            float length = MathF.Sqrt(mean.Sum(x => x * x));
            ShouldBeClose(embedding, [.. mean.Select(x => x / length)], isHalf ? 1e-3f : 1e-5f);
        }
    }

    [Fact]
    public async Task Takes_a_model_s_own_embeddings_as_they_are()
    {
        Encoder encoder = new() { IsPooled = true };
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(
            session, Letters, new OmlEmbeddingGeneratorOptions { Normalize = false, Pooling = EmbeddingPooling.LastToken });

        ShouldBeClose((await generator.GenerateAsync(["text"]))[0], encoder.States([.. Letters.Encode("text")])[0]);
        ((EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!).DefaultModelDimensions.Should().Be(4);
    }

    [Fact]
    public async Task Puts_the_tokens_around_a_text_that_the_model_wants()
    {
        Encoder encoder = new();
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        OmlEmbeddingGeneratorOptions options = new() { BeginToken = 1, EndToken = 2, Pooling = EmbeddingPooling.Cls, Normalize = false };
        using OmlEmbeddingGenerator generator = new(session, Letters, options);

        ShouldBeClose((await generator.GenerateAsync(["ab"]))[0], encoder.States([1, 'a', 'b', 2])[0]);
        ShouldBeClose((await generator.GenerateAsync([""]))[0], encoder.States([1, 2])[0]);
    }

    [Fact]
    public async Task Refuses_what_is_too_long_or_empty_before_anything_is_paid()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync(quota: 10);
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { MaxTokens = 5, MaxBatchSize = 1 });

        (await generator.Invoking(g => g.GenerateAsync(["short", "longer"])).Should().ThrowAsync<ArgumentException>())
            .WithMessage("The text 1 has 6 tokens, and the model takes 5.*");
        (await generator.Invoking(g => g.GenerateAsync(["short", ""])).Should().ThrowAsync<ArgumentException>()).WithMessage("The text 1 has no tokens.*");
        await generator.Invoking(g => g.GenerateAsync([null!])).Should().ThrowAsync<ArgumentNullException>();
        session.UnitsSpent.Should().Be(0);
    }

    [Fact]
    public async Task Truncates_where_it_is_told_to_and_keeps_the_tokens_around()
    {
        Encoder encoder = new();
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        OmlEmbeddingGeneratorOptions options = new()
        {
            MaxTokens = 4, EndToken = 2, LongTexts = LongTextHandling.Truncate, Pooling = EmbeddingPooling.LastToken, Normalize = false,
        };
        using OmlEmbeddingGenerator generator = new(session, Letters, options);

        ShouldBeClose((await generator.GenerateAsync(["abcdefg"]))[0], encoder.States(['a', 'b', 'c', 2])[^1]);
    }

    [Fact]
    public async Task Fills_up_what_a_model_of_a_fixed_length_takes()
    {
        Encoder encoder = new() { Tokens = 8 };
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { Normalize = false, PadToken = 9 });

        float[][] states = encoder.States(['a', 'b', 'c']);
        ShouldBeClose((await generator.GenerateAsync(["abc"]))[0], [.. Enumerable.Range(0, 4).Select(d => states.Average(state => state[d]))]);
        (await generator.Invoking(g => g.GenerateAsync(["nine here"])).Should().ThrowAsync<ArgumentException>()).WithMessage("*the model takes 8*");
    }

    [Fact]
    public async Task Gives_a_model_of_one_text_one_at_a_time()
    {
        Encoder encoder = new() { Texts = 1 };
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        (await generator.GenerateAsync(Texts)).Should().HaveCount(Texts.Length);

        session.UnitsSpent.Should().Be(Texts.Length);
    }

    [Fact]
    public async Task Never_pads_for_a_model_that_knows_no_mask()
    {
        Encoder encoder = new() { HasMask = false };
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { Normalize = false });

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["ab", "cd", "efg", "hi"]);

        session.UnitsSpent.Should().Be(3, "only neighbours of one length share a call");
        ShouldBeClose(embeddings[2], [.. Enumerable.Range(0, 4).Select(d => "efg".Average(c => encoder.Table[c][d]))]);
    }

    [Theory]
    [InlineData(MeteringUnit.Call, 2)]
    [InlineData(MeteringUnit.Row, 4)]
    public async Task Costs_a_unit_a_call_or_a_text(MeteringUnit unit, int units)
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync(quota: 10, unit: unit);
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { MaxBatchSize = 2 });

        await generator.GenerateAsync(Texts);

        session.UnitsSpent.Should().Be(units);
    }

    [Fact]
    public async Task Says_which_permission_ended_and_costs_nothing_for_nothing()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync(quota: 1);
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { MaxBatchSize = 1 });

        (await generator.GenerateAsync([])).Should().BeEmpty();
        await generator.Invoking(g => g.GenerateAsync(["a"], cancellationToken: new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();
        session.UnitsSpent.Should().Be(0);
        (await generator.Invoking(g => g.GenerateAsync(["a", "b"])).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.QuotaExhausted);
    }

    [Fact]
    public async Task Refuses_an_embedding_that_is_not_finite()
    {
        Encoder encoder = new();
        encoder.Table['x'][2] = float.NaN;
        await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters);

        (await generator.Invoking(g => g.GenerateAsync(["an x"])).Should().ThrowAsync<InferenceException>())
            .WithMessage("The output 'last_hidden_state' gives an embedding that is not finite.");
        (await generator.GenerateAsync(["none"])).Should().HaveCount(1);
    }

    [Fact]
    public async Task Refuses_another_model_and_other_dimensions_before_anything_is_paid()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        using OmlEmbeddingGenerator generator = new(session, Letters, new OmlEmbeddingGeneratorOptions { ModelId = "mine" });

        await generator.Invoking(g => g.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "yours" }))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("*'yours'*'mine'*");
        await generator.Invoking(g => g.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 5 }))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("*5*4*");
        session.UnitsSpent.Should().Be(0);
        (await generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 4, ModelId = "mine" }))[0].ModelId.Should().Be("mine");
    }

    [Fact]
    public async Task Says_what_is_in_the_way_of_a_model()
    {
        await ShouldBeRefusedAsync(new Encoder { Ids = "tokens" }, "*nothing is known to put there*");
        await ShouldBeRefusedAsync(new Encoder { Tokens = 8, HasMask = false }, "*could not tell shorter texts from their padding*");
        await ShouldBeRefusedAsync(new Encoder { Texts = 3 }, "*input_ids*");
        await ShouldBeRefusedAsync(new Encoder(), "*no 'pooled'*", new OmlEmbeddingGeneratorOptions { Output = "pooled" });

        static async Task ShouldBeRefusedAsync(Encoder encoder, string message, OmlEmbeddingGeneratorOptions? options = null)
        {
            await using Licensed model = await Licensed.OnnxAsync(encoder.ToArray());
            await using OmlSession session = await model.AuthorizeAsync();
            FluentActions.Invoking(() => new OmlEmbeddingGenerator(session, Letters, options)).Should().Throw<UnsupportedModelException>().WithMessage(message);
        }
    }

    [Fact]
    public async Task Says_which_option_is_out_of_its_range()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        OmlEmbeddingGeneratorOptions[] wrong =
        [
            new() { MaxTokens = 0 }, new() { MaxTokens = OmlEmbeddingGeneratorOptions.LargestMaxTokens + 1 },
            new() { MaxBatchSize = 0 }, new() { MaxBatchSize = OmlEmbeddingGeneratorOptions.LargestMaxBatchSize + 1 },
            new() { Pooling = 0 }, new() { LongTexts = 0 }, new() { BeginToken = -1 }, new() { EndToken = -1 }, new() { PadToken = -1 },
            new() { MaxTokens = 2, BeginToken = 1, EndToken = 2 },
        ];
        foreach (OmlEmbeddingGeneratorOptions options in wrong)
        {
            FluentActions.Invoking(() => new OmlEmbeddingGenerator(session, Letters, options))
                .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("options");
        }
    }

    [Fact]
    public async Task Gives_what_stands_behind_it_and_leaves_the_session_open()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        OmlEmbeddingGenerator generator = new(session, Letters);
        IEmbeddingGenerator seen = generator;

        seen.GetService(typeof(OmlSession)).Should().BeSameAs(session);
        seen.GetService(typeof(ITextTokenizer)).Should().BeSameAs(Letters);
        seen.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>)).Should().BeSameAs(generator);
        seen.GetService(typeof(OmlSession), "key").Should().BeNull();
        seen.GetService(typeof(string)).Should().BeNull();
        generator.Dispose();
        (await generator.GenerateAsync(["a"])).Should().HaveCount(1);
    }

    private static void ShouldBeClose(Embedding<float> embedding, float[] expected, float error = 1e-5f)
    {
        embedding.Vector.Length.Should().Be(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            embedding.Vector.Span[i].Should().BeApproximately(expected[i], error);
        }
    }
}
