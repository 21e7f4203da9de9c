using Oml.Sdk.Generation.Tests.Support;

namespace Oml.Sdk.Generation.Tests;

public sealed class GenerationOptionsTests
{
    public static TheoryData<string> Wrong => [.. WrongOptions.Keys];

    private static Dictionary<string, Action<GenerationOptions>> WrongOptions { get; } = new()
    {
        ["MaxNewTokens"] = options => options.MaxNewTokens = 0,
        ["MaxNewTokens "] = options => options.MaxNewTokens = GenerationOptions.LargestMaxNewTokens + 1,
        ["Temperature"] = options => options.Temperature = -0.1f,
        ["Temperature "] = options => options.Temperature = float.NaN,
        ["Temperature  "] = options => options.Temperature = float.PositiveInfinity,
        ["TopK"] = options => options.TopK = -1,
        ["TopP"] = options => options.TopP = 0,
        ["TopP "] = options => options.TopP = 1.01f,
        ["RepetitionPenalty"] = options => options.RepetitionPenalty = 0,
        ["RepetitionPenalty "] = options => options.RepetitionPenalty = float.NaN,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Refuses_what_is_out_of_range_before_anything_is_paid(string wrong)
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.Uncached());
        await using OmlSession session = await model.AuthorizeAsync();
        GenerationOptions options = new();
        WrongOptions[wrong](options);
        Action generate = () => new TextGenerator(session).GenerateAsync([1], options);

        generate.Should().Throw<ArgumentOutOfRangeException>().WithMessage($"*{wrong.Trim()} is *");
    }

    [Fact]
    public async Task Refuses_prompts_that_the_model_cannot_take()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.Uncached());
        await using OmlSession session = await model.AuthorizeAsync();
        TextGenerator generator = new(session, options: new TextGeneratorOptions { ContextLength = 4 });
        Action empty = () => generator.GenerateAsync([]);
        Action full = () => generator.GenerateAsync([1, 2, 3, 4]);
        Action unknown = () => generator.GenerateAsync([1, Language.Vocabulary]);
        Action negative = () => generator.GenerateAsync([-1]);
        Action text = () => generator.GenerateAsync("text");

        empty.Should().Throw<ArgumentException>().WithMessage("*no tokens*");
        full.Should().Throw<ArgumentException>().WithMessage("*4 tokens*context of 4*");
        unknown.Should().Throw<ArgumentException>().WithMessage("*token 50 at 1*0 to 49*");
        negative.Should().Throw<ArgumentException>().WithMessage("*token -1 at 0*");
        text.Should().Throw<InvalidOperationException>().WithMessage("*no tokenizer*");
        session.UnitsSpent.Should().Be(0);
    }

    [Fact]
    public async Task Refuses_stop_strings_that_cannot_be_looked_for()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.Uncached());
        await using OmlSession session = await model.AuthorizeAsync();
        Action without = () => new TextGenerator(session).GenerateAsync([1], new GenerationOptions { StopStrings = { "stop" } });
        Action empty = () => new TextGenerator(session, new LetterTokenizer()).GenerateAsync([1], new GenerationOptions { StopStrings = { "" } });
        Action context = () => _ = new TextGenerator(session, options: new TextGeneratorOptions { ContextLength = 1 });

        without.Should().Throw<ArgumentException>().WithMessage("*need a tokenizer*");
        empty.Should().Throw<ArgumentException>().WithMessage("*1 to 1024 characters*");
        context.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*ContextLength is 2 or more*");
    }

    [Fact]
    public async Task Are_read_when_the_generation_is_asked_for()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.Uncached());
        await using OmlSession session = await model.AuthorizeAsync();
        GenerationOptions options = new() { MaxNewTokens = 3 };
        IAsyncEnumerable<GeneratedToken> stream = new TextGenerator(session).GenerateAsync([1], options);

        options.MaxNewTokens = 9;

        (await stream.IdsAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task Reading_again_is_another_text_unless_a_seed_repeats_it()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.Uncached());
        await using OmlSession session = await model.AuthorizeAsync();
        IAsyncEnumerable<GeneratedToken> chance = new TextGenerator(session).GenerateAsync([1], new GenerationOptions { MaxNewTokens = 50 });
        IAsyncEnumerable<GeneratedToken> seeded = new TextGenerator(session).GenerateAsync([1], new GenerationOptions { MaxNewTokens = 50, Seed = 3 });

        (await chance.IdsAsync()).Should().NotEqual(await chance.IdsAsync());
        (await seeded.IdsAsync()).Should().Equal(await seeded.IdsAsync());
    }
}
