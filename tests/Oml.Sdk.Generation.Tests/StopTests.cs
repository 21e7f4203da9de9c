using System.Text;
using Oml.Sdk.Generation.Tests.Support;

namespace Oml.Sdk.Generation.Tests;

/// <summary>What ends a text, and what text is let through before it is certain.</summary>
public sealed class StopTests
{
    private const string Story = "The cat sat. The end. More.";

    [Fact]
    public async Task Ends_at_a_stop_token_which_has_no_text()
    {
        List<GeneratedToken> tokens = await TellAsync(new GenerationOptions { StopTokens = { '.' } });

        Text(tokens).Should().Be("The cat sat");
        tokens[^1].Should().Be(new GeneratedToken('.', "", GenerationFinishReason.StopToken));
        tokens[..^1].Should().OnlyContain(token => token.FinishReason == null);
    }

    [Fact]
    public async Task Ends_at_the_end_of_text_unless_told_otherwise()
    {
        List<GeneratedToken> tokens = await TellAsync(new GenerationOptions(), endOfText: 't');
        List<GeneratedToken> ignoring = await TellAsync(new GenerationOptions { StopAtEndOfText = false }, endOfText: 't');

        Text(tokens).Should().Be("The ca");
        tokens[^1].FinishReason.Should().Be(GenerationFinishReason.StopToken);
        ignoring[^1].FinishReason.Should().Be(GenerationFinishReason.MaxNewTokens);
    }

    [Theory]
    [InlineData("sat", "The cat ")]
    [InlineData(". The", "The cat sat")]
    [InlineData("The", "")]
    [InlineData("the", Story)]
    [InlineData("More?", Story)]
    [InlineData(".....", Story)]
    [InlineData("t s", "The ca")]
    public async Task Ends_before_a_stop_string_and_lets_nothing_of_it_through(string stop, string expected)
    {
        List<GeneratedToken> tokens = await TellAsync(new GenerationOptions { StopStrings = { stop } });

        Text(tokens).Should().Be(expected);
        tokens[^1].FinishReason.Should().Be(expected == Story ? GenerationFinishReason.MaxNewTokens : GenerationFinishReason.StopString);
        int place = Story.IndexOf(stop, StringComparison.Ordinal);
        tokens.Should().HaveCount(place < 0 ? Story.Length : place + stop.Length, "no token is paid after the stop string");
        for (int i = 1; i <= tokens.Count; i++)
        {
            expected.Should().StartWith(Text(tokens[..i]));
        }
    }

    [Fact]
    public async Task Takes_the_stop_string_that_comes_first()
    {
        Text(await TellAsync(new GenerationOptions { StopStrings = { "end", "cat sat", "sat" } })).Should().Be("The ");
    }

    [Fact]
    public async Task Ends_after_as_many_tokens_as_were_asked_for_and_gives_what_was_held_back()
    {
        List<GeneratedToken> tokens = await TellAsync(new GenerationOptions { MaxNewTokens = 6, StopStrings = { "cat" } });

        Text(tokens).Should().Be("The ca");
        tokens[^1].FinishReason.Should().Be(GenerationFinishReason.MaxNewTokens);
        tokens[^1].Text.Should().Be("ca");
    }

    [Fact]
    public async Task Ends_when_the_context_is_full()
    {
        List<GeneratedToken> tokens = await TellAsync(new GenerationOptions(), context: 10);

        tokens.Should().HaveCount(9, "the prompt has one");
        tokens[^1].FinishReason.Should().Be(GenerationFinishReason.ContextFull);
    }

    [Theory]
    [InlineData("ä€😀!")]
    [InlineData("😀😀")]
    public async Task Shows_a_character_of_several_tokens_when_it_is_whole(string story)
    {
        List<GeneratedToken> tokens = await TellAsync(new GenerationOptions(), story: story);

        Text(tokens).Should().Be(story);
        tokens.Should().OnlyContain(token => !token.Text.Contains('\uFFFD'));
    }

    [Fact]
    public async Task Shows_what_is_no_character_all_the_same()
    {
        await using Licensed model = await Licensed.LanguageAsync(Bytes([0xF0, 0x9F, (byte)'a', 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, (byte)'b', 0xC3]));
        await using OmlSession session = await model.AuthorizeAsync();

        GeneratedText text = await new TextGenerator(session, new LetterTokenizer())
            .CompleteAsync("?", new GenerationOptions { Temperature = 0, MaxNewTokens = 11 });

        text.Text.Should().Contain("a").And.Contain("b").And.EndWith("\uFFFD");
    }

    [Fact]
    public async Task Completes_a_text()
    {
        await using Licensed model = await Licensed.LanguageAsync(Bytes(Encoding.UTF8.GetBytes(Story)));
        await using OmlSession session = await model.AuthorizeAsync();

        GeneratedText text = await new TextGenerator(session, new LetterTokenizer())
            .CompleteAsync("?", new GenerationOptions { Temperature = 0, StopStrings = { "More" } });

        text.ToString().Should().Be("The cat sat. The end. ");
        text.Tokens.Should().HaveCount(Story.Length - 1);
        text.PromptTokens.Should().Be(1);
        text.FinishReason.Should().Be(GenerationFinishReason.StopString);
    }

    // A language that tells one story, greedily, after a prompt of one token.
    private static async Task<List<GeneratedToken>> TellAsync(
        GenerationOptions options, int? endOfText = null, int? context = null, string story = Story)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(story);
        await using Licensed model = await Licensed.LanguageAsync(Bytes(bytes));
        await using OmlSession session = await model.AuthorizeAsync();
        options.Temperature = 0;
        options.MaxNewTokens = Math.Min(options.MaxNewTokens, bytes.Length);
        return await new TextGenerator(session, new LetterTokenizer(endOfText: endOfText), new TextGeneratorOptions { ContextLength = context })
            .GenerateAsync("?", options).ToListAsync();
    }

    private static Language Bytes(byte[] story) => new(
        new([Signatures.Ids()], [Signatures.Logits(256)]),
        text =>
        {
            float[] row = new float[256];
            row[text.Length <= story.Length ? story[text.Length - 1] : 0] = 1;
            return row;
        });

    private static string Text(IEnumerable<GeneratedToken> tokens) => string.Concat(tokens.Select(token => token.Text));
}
