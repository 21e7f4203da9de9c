using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>What is refused, and that a refused request costs nothing.</summary>
public sealed class ChatRefusalTests
{
    /// <summary>Options that ask for what is not done.</summary>
    public static TheoryData<string, ChatOptions> Unsupported { get; } = new()
    {
        { "Tools", new() { Tools = [AIFunctionFactory.Create(() => 1, "one")] } },
        { "ToolMode", new() { ToolMode = ChatToolMode.RequireAny } },
        { "ToolMode", new() { ToolMode = ChatToolMode.RequireSpecific("one") } },
        { "ResponseFormat", new() { ResponseFormat = ChatResponseFormat.Json } },
        { "FrequencyPenalty", new() { FrequencyPenalty = 0.5f } },
        { "PresencePenalty", new() { PresencePenalty = -0.5f } },
        { "ConversationId", new() { ConversationId = "17" } },
        { "ModelId 'another'", new() { ModelId = "another" } },
        { "ContinuationToken", new() { ContinuationToken = ResponseContinuationToken.FromBytes(new byte[] { 1 }) } },
        { "Reasoning", new() { Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High } } },
        { "Reasoning", new() { Reasoning = new ReasoningOptions { Output = ReasoningOutput.Full } } },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task An_option_that_would_mislead_is_refused(string name, ChatOptions options)
    {
        await using Talk talk = await Talk.TellAsync("Yes.", new OmlChatClientOptions { ModelId = "mine" });

        await ShouldBeRefusedAsync<NotSupportedException>(talk, Talk.Hello, $"Not supported is {name}:*", options);
    }

    [Fact]
    public async Task An_option_that_asks_for_nothing_is_let_through()
    {
        await using Talk talk = await Talk.TellAsync("Yes.", new OmlChatClientOptions { ModelId = "mine" });
        ChatOptions options = new()
        {
            Tools = [],
            ToolMode = ChatToolMode.None,
            ResponseFormat = ChatResponseFormat.Text,
            FrequencyPenalty = 0,
            PresencePenalty = 0,
            ModelId = "mine",
            AllowMultipleToolCalls = true,
            AllowBackgroundResponses = true,
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None, Output = ReasoningOutput.None },
            AdditionalProperties = new() { ["trace"] = "17" },
        };

        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello, options);

        response.Text.Should().Be("Yes.");
        response.ContinuationToken.Should().BeNull("the answer is whole: it may run in the background, and does not");
        options.ToolMode = ChatToolMode.Auto;
        (await talk.Client.GetStreamingResponseAsync(Talk.Hello, options).ToListAsync()).Should().OnlyContain(update => update.ContinuationToken == null);
    }

    [Fact]
    public async Task A_conversation_without_a_message_is_refused()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");

        await ShouldBeRefusedAsync<ArgumentException>(talk, [], "There is no message.*");
        await ShouldBeRefusedAsync<ArgumentException>(talk, [], "There is no message.*", options: new ChatOptions { Instructions = "Be kind." });
        await ShouldBeRefusedAsync<ArgumentNullException>(talk, [Talk.Hello[0], null!], "*messages*");
        await ShouldBeRefusedAsync<ArgumentNullException>(talk, null!, "*messages*");
    }

    [Theory]
    [InlineData("tool")]
    [InlineData("narrator")]
    [InlineData("user\nassistant")]
    public async Task A_role_that_no_template_knows_is_refused(string role)
    {
        await using Talk talk = await Talk.TellAsync("Yes.");

        await ShouldBeRefusedAsync<NotSupportedException>(
            talk, [Talk.Hello[0], new(new ChatRole(role), "Hello")], $"Not supported is the role '{role}' of message 1: known are system, user and assistant.");
    }

    [Fact]
    public async Task A_content_that_is_no_text_is_refused()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");
        (AIContent Content, string Name)[] contents =
        [
            (new DataContent(new byte[] { 1 }, "image/png"), "DataContent"), (new UriContent("https://example.org/a.png", "image/png"), "UriContent"),
            (new FunctionCallContent("1", "one"), "FunctionCallContent"), (new FunctionResultContent("1", 1), "FunctionResultContent"),
            (new TextReasoningContent("Hm."), "TextReasoningContent"), (null!, "null"),
        ];
        foreach ((AIContent content, string name) in contents)
        {
            await ShouldBeRefusedAsync<NotSupportedException>(
                talk, [new ChatMessage(ChatRole.User, [new TextContent("See"), content])], $"Not supported is the {name} in message 0: only TextContent is.");
        }
    }

    [Fact]
    public async Task A_conversation_that_fills_the_context_is_refused()
    {
        int prompt = "User: Hello\nAssistant:".Length;
        await using Talk talk = await Talk.TellAsync("Yes.", context: prompt);
        await using Talk roomier = await Talk.TellAsync("Yes.", context: prompt + 1);

        await ShouldBeRefusedAsync<ArgumentException>(talk, Talk.Hello, $"The prompt has {prompt} tokens, and the model's context of {prompt} needs*");
        (await roomier.Client.GetResponseAsync(Talk.Hello)).Text.Should().Be("Y");
    }

    [Theory]
    [InlineData(-1f, null, null, null)]
    [InlineData(float.NaN, null, null, null)]
    [InlineData(null, 0f, null, null)]
    [InlineData(null, 1.5f, null, null)]
    [InlineData(null, null, -1, null)]
    [InlineData(null, null, null, 0)]
    public async Task A_number_out_of_its_range_is_refused(float? temperature, float? topP, int? topK, int? most)
    {
        await using Talk talk = await Talk.TellAsync("Yes.");

        await ShouldBeRefusedAsync<ArgumentOutOfRangeException>(
            talk, Talk.Hello, "*", options: new ChatOptions { Temperature = temperature, TopP = topP, TopK = topK, MaxOutputTokens = most });
    }

    [Fact]
    public async Task Greedy_decoding_is_refused_with_SynthId()
    {
        using FingerprintKey key = FingerprintKey.Generate();
        await using Talk talk = await Talk.MixedAsync(watermark: TextWatermark.SynthId(key, new SynthIdOptions()));

        await ShouldBeRefusedAsync<ArgumentException>(talk, Talk.Hello, "*Greedy*SynthID*temperature above 0*", options: new ChatOptions { Temperature = 0 });
    }

    [Fact]
    public async Task A_generator_without_a_tokenizer_is_refused()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync();

        FluentActions.Invoking(() => new OmlChatClient(new TextGenerator(session))).Should().Throw<ArgumentException>()
            .WithMessage("The generator has no tokenizer*").WithParameterName("generator");
        FluentActions.Invoking(() => new OmlChatClient(null!)).Should().Throw<ArgumentNullException>().WithParameterName("generator");
        TextGenerator generator = new(session, new LetterTokenizer());
        foreach (OmlChatClientOptions options in new OmlChatClientOptions[] { new() { Template = null! }, new() { Generation = null! }, new() { TimeProvider = null! } })
        {
            FluentActions.Invoking(() => new OmlChatClient(generator, options)).Should().Throw<ArgumentNullException>().WithParameterName("options");
        }
    }

    [Fact]
    public async Task An_answer_that_the_quota_ends_says_so_and_what_was_streamed_stays()
    {
        await using Talk talk = await Talk.TellAsync("A long story.", quota: 8);
        List<ChatResponseUpdate> read = [];
        Func<Task> reading = async () =>
        {
            await foreach (ChatResponseUpdate update in talk.Client.GetStreamingResponseAsync(Talk.Hello))
            {
                read.Add(update);
            }
        };

        (await reading.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
        read.Text().Should().Be("A long s");
        read.Should().OnlyContain(update => update.FinishReason == null);
        talk.Units.Should().Be(8);
        (await talk.Client.Invoking(c => c.GetResponseAsync(Talk.Hello)).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.QuotaExhausted);
    }

    [Fact]
    public async Task An_answer_that_the_quota_ends_is_paid_up_to_there()
    {
        await using Talk talk = await Talk.TellAsync("A long story.", quota: 8);

        (await talk.Client.Invoking(c => c.GetResponseAsync(Talk.Hello)).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.QuotaExhausted);

        talk.Units.Should().Be(8);
    }

    // By the call itself, whether the answer is streamed or not.
    private static async Task ShouldBeRefusedAsync<T>(
        Talk talk, IEnumerable<ChatMessage> messages, string message, ChatOptions? options = null)
        where T : Exception
    {
        (await talk.Client.Invoking(c => c.GetResponseAsync(messages, options)).Should().ThrowAsync<T>()).WithMessage(message);
        talk.Client.Invoking(c => c.GetStreamingResponseAsync(messages, options)).Should().Throw<T>().WithMessage(message);
        talk.Units.Should().Be(0);
    }
}
