using Oml.Sdk.Generation.Tests.Support;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation.Tests;

/// <summary>The names and shapes that exporters write, and those that nothing can be done with.</summary>
public sealed class DecoderModelTests
{
    private static readonly int[] Prompt = [3, 1, 4, 1];

    public static TheoryData<string> Kinds => [.. Models.Keys];

    public static TheoryData<string, string> BadModels => new(Bad.Select(entry => (entry.Key, entry.Value.Message)));

    private static Dictionary<string, ModelSignature> Models { get; } = new()
    {
        ["no cache"] = Signatures.Uncached(),
        ["no cache, Int32"] = Signatures.Uncached(TensorElementType.Int32),
        ["past_key_values.N.key"] = Signatures.KeyValues(),
        ["without position_ids"] = Signatures.KeyValues(positions: false),
        ["cache of Float16"] = Signatures.KeyValues(cache: TensorElementType.Float16),
        ["use_cache_branch, logits last"] = Signatures.Merged(),
        ["past_N"] = Signatures.Joined(),
        ["past_key_N, tokens before heads"] = Signatures.Underscored(),
        ["logits of the last token alone"] = new(
            [Signatures.Ids()], [new TensorInfo("logits", TensorElementType.Float32, [-1, Language.Vocabulary])]),
        ["logits of another name"] = new([Signatures.Ids()], [new TensorInfo("scores", TensorElementType.Float32, [-1, -1, -1])]),
    };

    private static Dictionary<string, (ModelSignature Signature, string Message)> Bad { get; } = new()
    {
        ["image model"] = (new([new TensorInfo("pixels", TensorElementType.Float32, [1, 3, 8, 8])], [Signatures.Logits()]), "*pixels*nothing is known to put there*"),
        ["no tokens"] = (new([Signatures.Mask()], [Signatures.Logits()]), "*takes no 'input_ids'*"),
        ["encoder"] = (
            new([Signatures.Ids(), new TensorInfo("encoder_hidden_states", TensorElementType.Float32, [-1, -1, 8])], [Signatures.Logits()]),
            "*encoder_hidden_states*encoder are not supported*"),
        ["tokens that are floats"] = (new([Signatures.Ids(TensorElementType.Float32)], [Signatures.Logits()]), "*input_ids*Int32 or Int64*"),
        ["fixed length"] = (
            new([new TensorInfo("input_ids", TensorElementType.Int64, [1, 128])], [Signatures.Logits()]), "*input_ids*fixed number of tokens*"),
        ["fixed batch"] = (new([new TensorInfo("input_ids", TensorElementType.Int64, [8, -1])], [Signatures.Logits()]), "*input_ids*first may be 1*"),
        ["no logits"] = (
            new([Signatures.Ids()], [new TensorInfo("a", TensorElementType.Float32, [1, 2]), new TensorInfo("b", TensorElementType.Float32, [1, 2])]),
            "*returns no 'logits'*a: *b: *"),
        ["logits that are integers"] = (new([Signatures.Ids()], [new TensorInfo("logits", TensorElementType.Int64, [1, -1, 9])]), "*logits*Float32 or Float16*"),
        ["logits of four dimensions"] = (
            new([Signatures.Ids()], [new TensorInfo("logits", TensorElementType.Float32, [1, 1, -1, 9])]), "*logits*tokens, vocabulary*"),
        ["past without present"] = (
            new([Signatures.Ids(), Signatures.Part("past_key_values.0.key")], [Signatures.Logits(), Signatures.Part("present.1.key")]),
            "*'past_key_values.0.key'*'present.0.key'*"),
        ["present of another type"] = (
            new([Signatures.Ids(), Signatures.Part("past_0")], [Signatures.Logits(), Signatures.Part("present_0", TensorElementType.Float16)]),
            "*present_0*another type*"),
        ["two pasts, one present"] = (
            new([Signatures.Ids(), Signatures.Part("past_0"), Signatures.Part("past_key_values_0")], [Signatures.Logits(), Signatures.Part("present_0")]),
            "*'present_0'*'past_0' and 'past_key_values_0'*"),
        ["cache with open heads"] = (
            new([Signatures.Ids(), new TensorInfo("past_0", TensorElementType.Float32, [-1, -1, -1, 8])], [Signatures.Logits(), Signatures.Part("present_0")]),
            "*past_0*only batch and tokens are open*"),
        ["cache of a fixed length"] = (
            new([Signatures.Ids(), new TensorInfo("past_0", TensorElementType.Float32, [1, 4, 16, 8])], [Signatures.Logits(), Signatures.Part("present_0")]),
            "*past_0*only batch and tokens are open*"),
        ["cache of three dimensions"] = (
            new([Signatures.Ids(), new TensorInfo("past_0", TensorElementType.Float32, [-1, -1, 8])], [Signatures.Logits(), Signatures.Part("present_0")]),
            "*past_0*must have the dimensions*"),
        ["switch that is a number"] = (
            new([Signatures.Ids(), new TensorInfo("use_cache_branch", TensorElementType.Float32, [1])], [Signatures.Logits()]), "*use_cache_branch*Boolean*"),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Generates_with_the_models_of_every_exporter(string kind)
    {
        ModelSignature signature = Models[kind];
        Language language = new(signature, Language.Mixed);
        await using Licensed model = await Licensed.LanguageAsync(language);
        await using OmlSession session = await model.AuthorizeAsync();
        List<int> expected = [.. Prompt];
        while (expected.Count < Prompt.Length + 12)
        {
            float[] row = Language.Mixed([.. expected]);
            expected.Add(Array.IndexOf(row, row.Max()));
        }

        TextGenerator generator = new(session);
        int[] tokens = await generator.GenerateAsync(Prompt, new GenerationOptions { Temperature = 0, MaxNewTokens = 12 }).IdsAsync();

        tokens.Should().Equal(expected[Prompt.Length..]);
        generator.HasCache.Should().Be(signature.Inputs.Any(input => input.Name.StartsWith("past", StringComparison.Ordinal)));
        language.Lengths.Should().Equal(
            generator.HasCache ? [Prompt.Length, .. Enumerable.Repeat(1, 11)] : Enumerable.Range(Prompt.Length, 12),
            "a cache spares the tokens that were seen");
    }

    [Fact]
    public async Task Generates_from_logits_of_half_precision()
    {
        ModelSignature signature = new([Signatures.Ids()], [Signatures.Logits(type: TensorElementType.Float16)]);
        await using Licensed model = await Licensed.LanguageAsync(signature, text => Favour(text[^1] + 1));
        await using OmlSession session = await model.AuthorizeAsync();

        (await new TextGenerator(session).GenerateAsync([5], new GenerationOptions { Temperature = 0, MaxNewTokens = 3 }).IdsAsync())
            .Should().Equal(6, 7, 8);
    }

    [Theory]
    [MemberData(nameof(BadModels))]
    public async Task Says_what_is_in_the_way(string kind, string message)
    {
        await using Licensed model = await Licensed.LanguageAsync(Bad[kind].Signature);
        await using OmlSession session = await model.AuthorizeAsync();
        Action create = () => _ = new TextGenerator(session);

        create.Should().Throw<UnsupportedModelException>().WithMessage(message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Refuses_a_cache_that_does_not_grow_with_the_text(int error)
    {
        await using Licensed model = await Licensed.LanguageAsync(new Language(Signatures.KeyValues(), Language.Mixed) { CacheError = error });
        await using OmlSession session = await model.AuthorizeAsync();
        Func<Task> generate = () => new TextGenerator(session).GenerateAsync(Prompt).ToListAsync();

        (await generate.Should().ThrowAsync<UnsupportedModelException>()).WithMessage("*'present.0.key'*grows by one with every token*");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Refuses_logits_that_are_no_distribution(float value)
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.Uncached(), text =>
        {
            float[] row = Language.Mixed(text);
            row[7] = value;
            return row;
        });
        await using OmlSession session = await model.AuthorizeAsync();
        foreach (GenerationOptions options in new[] { Reading.Greedy, new GenerationOptions(), new GenerationOptions { TopK = 5 } })
        {
            Func<Task> generate = () => new TextGenerator(session).GenerateAsync(Prompt, options).ToListAsync();

            (await generate.Should().ThrowAsync<InferenceException>()).WithMessage("*no distribution*");
        }
    }

    [Fact]
    public async Task Refuses_logits_that_forbid_everything()
    {
        await using Licensed model = await Licensed.LanguageAsync(
            Signatures.Uncached(), _ => [.. Enumerable.Repeat(float.NegativeInfinity, Language.Vocabulary)]);
        await using OmlSession session = await model.AuthorizeAsync();
        Func<Task> generate = () => new TextGenerator(session).GenerateAsync(Prompt).ToListAsync();

        (await generate.Should().ThrowAsync<InferenceException>()).WithMessage("*no distribution*");
    }

    [Fact]
    public async Task Refuses_a_permission_that_would_restrict_the_cache_and_obeys_it_without_one()
    {
        await using Licensed cached = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using Licensed uncached = await Licensed.LanguageAsync(new Language(new([Signatures.Ids()], [Signatures.Logits()]), Language.Mixed));
        await using OmlSession restricted = await cached.AuthorizeAsync(policy: OutputPolicy.KeepTop(3));
        await using OmlSession usable = await uncached.AuthorizeAsync(policy: OutputPolicy.KeepTop(3));
        Action create = () => _ = new TextGenerator(restricted);

        create.Should().Throw<PermissionDeniedException>().Which.Reason.Should().Be(DenialReason.UnrestrictableOutput);
        HashSet<int> drawn = [];
        for (int seed = 0; seed < 60; seed++)
        {
            drawn.UnionWith(await new TextGenerator(usable)
                .GenerateAsync(Prompt, new GenerationOptions { Seed = seed, Temperature = 100, MaxNewTokens = 1 }).IdsAsync());
        }

        drawn.Should().HaveCount(3);
    }

    private static float[] Favour(int token)
    {
        float[] row = new float[Language.Vocabulary];
        row[token % row.Length] = 10;
        return row;
    }
}
