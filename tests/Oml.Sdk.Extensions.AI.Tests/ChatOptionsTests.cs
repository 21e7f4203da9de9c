using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>How a request's options become the generator's, over the client's own.</summary>
public sealed class ChatOptionsTests
{
    private const string Prompt = "User: Hello\nAssistant:";

    /// <summary>A request's option, what the generator is to make of it, and what the client's defaults are.</summary>
    public static TheoryData<string, ChatOptions, GenerationOptions> Options { get; } = new()
    {
        { "nothing", new(), Defaults() },
        { nameof(ChatOptions.Temperature), new() { Temperature = 0.3f }, Defaults(o => o.Temperature = 0.3f) },
        { "Temperature 0", new() { Temperature = 0 }, Defaults(o => o.Temperature = 0) },
        { nameof(ChatOptions.TopK), new() { TopK = 2 }, Defaults(o => o.TopK = 2) },
        { "TopK 0", new() { TopK = 0 }, Defaults(o => o.TopK = 0) },
        { nameof(ChatOptions.TopP), new() { TopP = 0.2f }, Defaults(o => o.TopP = 0.2f) },
        { nameof(ChatOptions.MaxOutputTokens), new() { MaxOutputTokens = 9 }, Defaults(o => o.MaxNewTokens = 9) },
        { nameof(ChatOptions.Seed), new() { Seed = 77 }, Defaults(o => o.Seed = 77) },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public async Task An_option_takes_the_place_of_the_client_s_own(string name, ChatOptions options, GenerationOptions expected)
    {
        await using Talk talk = await Talk.MixedAsync(new OmlChatClientOptions { Generation = Defaults() });

        int[] asDefault = await TokensAsync(talk, options: null);
        int[] tokens = await TokensAsync(talk, options);

        tokens.Should().Equal((await talk.Generator.CompleteAsync(Prompt, expected)).Tokens);
        (await talk.Client.GetStreamingResponseAsync(Talk.Hello, options).ToListAsync())
            .Select(update => ((GeneratedToken)update.RawRepresentation!).Id).Should().Equal(tokens);
        tokens.SequenceEqual(asDefault).Should().Be(name == "nothing", "the option must show in the text");
    }

    [Fact]
    public async Task A_factory_s_options_take_the_place_of_the_client_s_and_the_request_s_go_over_them()
    {
        await using Talk talk = await Talk.MixedAsync(new OmlChatClientOptions { Generation = Defaults() });
        GenerationOptions made = new() { Seed = 3, MaxNewTokens = 12, RepetitionPenalty = 1.8f, StopTokens = { 49 } };
        object? given = null;
        ChatOptions options = new() { TopK = 30, RawRepresentationFactory = client => Give(client) };

        int[] tokens = await TokensAsync(talk, options);

        GenerationOptions expected = new() { Seed = 3, MaxNewTokens = 12, RepetitionPenalty = 1.8f, TopK = 30, StopTokens = { 49 } };
        tokens.Should().Equal((await talk.Generator.CompleteAsync(Prompt, expected)).Tokens);
        given.Should().BeSameAs(talk.Client);
        made.StopStrings.Should().BeEmpty("what a factory made may be made for others too");
        made.TopK.Should().Be(0);

        object Give(IChatClient client)
        {
            given = client;
            return made;
        }
    }

    [Fact]
    public async Task A_factory_that_makes_another_client_s_options_changes_nothing()
    {
        await using Talk talk = await Talk.MixedAsync(new OmlChatClientOptions { Generation = Defaults() });

        (await TokensAsync(talk, new ChatOptions { RawRepresentationFactory = _ => "of another client" })).Should().Equal(await TokensAsync(talk, options: null));
        (await TokensAsync(talk, new ChatOptions { RawRepresentationFactory = _ => null })).Should().Equal(await TokensAsync(talk, options: null));
    }

    [Fact]
    public async Task Defaults_are_read_when_the_client_is_made()
    {
        GenerationOptions defaults = Defaults();
        OmlChatClientOptions clientOptions = new() { Generation = defaults, ModelId = "before" };
        await using Talk talk = await Talk.MixedAsync(clientOptions);
        int[] before = await TokensAsync(talk, options: null);

        defaults.Temperature = 0;
        defaults.MaxNewTokens = 1;
        defaults.StopTokens.Add(before[0]);
        defaults.StopStrings.Add("0");
        clientOptions.ModelId = "after";
        clientOptions.Template = ChatTemplate.ChatML;

        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello);
        ((GeneratedText)response.RawRepresentation!).Tokens.Should().Equal(before);
        response.ModelId.Should().Be("before");
        talk.Tokenizer.Texts.Should().OnlyContain(text => text == Prompt);
    }

    [Fact]
    public async Task All_of_the_client_s_generation_options_are_heeded()
    {
        GenerationOptions defaults = Defaults(o =>
        {
            o.RepetitionPenalty = 1.7f;
            o.StopTokens.Add(7);
            o.StopAtEndOfText = false;
        });
        await using Talk talk = await Talk.MixedAsync(new OmlChatClientOptions { Generation = defaults });

        (await TokensAsync(talk, options: null)).Should().Equal((await talk.Generator.CompleteAsync(Prompt, defaults)).Tokens);
    }

    [Fact]
    public async Task The_end_of_a_text_is_ignored_where_the_client_says_so()
    {
        await using Talk talk = await Talk.TellAsync(
            "Yes.", new OmlChatClientOptions { Generation = new GenerationOptions { StopAtEndOfText = false, MaxNewTokens = 10 } });

        (await talk.Client.GetResponseAsync(Talk.Hello)).FinishReason.Should().Be(ChatFinishReason.Length);
        talk.Units.Should().Be(10);
    }

    [Fact]
    public async Task A_seed_repeats_an_answer_and_none_does_not()
    {
        await using Talk talk = await Talk.TinyGpt2Async();
        ChatOptions seeded = new() { Seed = long.MinValue, MaxOutputTokens = 40 };
        ChatOptions free = new() { MaxOutputTokens = 40 };

        (await TokensAsync(talk, seeded)).Should().Equal(await TokensAsync(talk, seeded));
        (await TokensAsync(talk, free)).Should().NotEqual(await TokensAsync(talk, free));
    }

    private static GenerationOptions Defaults(Action<GenerationOptions>? change = null)
    {
        GenerationOptions options = new() { Seed = 11, MaxNewTokens = 25, Temperature = 1.5f, TopK = 20, TopP = 0.9f };
        change?.Invoke(options);
        return options;
    }

    private static async Task<int[]> TokensAsync(Talk talk, ChatOptions? options) =>
        [.. ((GeneratedText)(await talk.Client.GetResponseAsync(Talk.Hello, options)).RawRepresentation!).Tokens];
}
