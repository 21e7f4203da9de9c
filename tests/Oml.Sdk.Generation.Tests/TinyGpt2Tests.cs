using Oml.Sdk.Generation.Tests.Support;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Tests;

/// <summary>A model that nobody here made, with the continuations that came with it.</summary>
public sealed class TinyGpt2Tests
{
    [Theory]
    [InlineData(new[] { 0, 0, 0, 52 }, new[] { 204, 204, 204, 204, 204, 204 })]
    [InlineData(new[] { 0, 0, 195, 731 }, new[] { 731, 114, 114, 114, 114, 114 })]
    public async Task Continues_as_the_reference_does(int[] prompt, int[] expected)
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        await using OmlSession session = await model.AuthorizeAsync(quota: 6);
        TextGenerator generator = new(session, options: new TextGeneratorOptions { ContextLength = 10 });

        List<GeneratedToken> tokens = await generator.GenerateAsync(prompt, Reading.Greedy).ToListAsync();

        generator.HasCache.Should().BeTrue();
        generator.VocabularySize.Should().Be(1_000);
        tokens.Select(token => token.Id).Should().Equal(expected);
        tokens[^1].FinishReason.Should().Be(GenerationFinishReason.ContextFull);
        session.UnitsSpent.Should().Be(6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Gives_the_same_tokens_with_the_cache_as_without_it(int seed)
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        await using OmlSession session = await model.AuthorizeAsync();
        int[] prompt = [.. Enumerable.Range(0, 5).Select(i => ((seed * 7919) + (i * 131)) % 1_000)];

        // The penalty keeps it from saying one word for ever.
        GenerationOptions options = new() { Temperature = 0, RepetitionPenalty = 2, MaxNewTokens = 40 };
        int[] cached = await new TextGenerator(session).GenerateAsync(prompt, options).IdsAsync();

        List<int> text = [.. prompt];
        while (text.Count < prompt.Length + 40)
        {
            float[] logits = await WholeAsync(session, text);
            foreach (int token in text.Distinct())
            {
                logits[token] = logits[token] < 0 ? logits[token] * 2 : logits[token] / 2;
            }

            text.Add(Array.IndexOf(logits, logits.Max()));
        }

        cached.Should().Equal(text[prompt.Length..]);
        cached.Distinct().Count().Should().BeGreaterThan(20);
    }

    [Fact]
    public async Task Serves_texts_at_the_same_time()
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        await using OmlSession session = await model.AuthorizeAsync();
        TextGenerator generator = new(session);
        int[][] expected = new int[8][];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = await generator.GenerateAsync([i, 7], Options(i)).IdsAsync();
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, cancellation) =>
            (await generator.GenerateAsync([i % 8, 7], Options(i % 8), cancellation).IdsAsync()).Should().Equal(expected[i % 8]));

        session.UnitsSpent.Should().Be((8 + 64) * 20);

        static GenerationOptions Options(int seed) => new() { Seed = seed, MaxNewTokens = 20, TopK = 50 };
    }

    private static async Task<float[]> WholeAsync(OmlSession session, List<int> text)
    {
        InferenceInputs inputs = new InferenceInputs()
            .Add("input_ids", text.ToArray(), 1, text.Count)
            .Add("position_ids", Enumerable.Range(0, text.Count).ToArray(), 1, text.Count)
            .Add("attention_mask", Enumerable.Repeat(1, text.Count).ToArray(), 1, text.Count);
        for (int i = 0; i < 5; i++)
        {
            inputs.Add($"past_{i}", Array.Empty<float>(), 2, 1, 4, 0, 8);
        }

        using InferenceOutputs outputs = await session.InferAsync(inputs);
        return outputs["logits"].GetSpan<float>()[^1_000..].ToArray();
    }
}
