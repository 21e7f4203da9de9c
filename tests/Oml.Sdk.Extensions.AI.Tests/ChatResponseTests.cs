using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>What an answer holds.</summary>
public sealed class ChatResponseTests
{
    [Fact]
    public async Task An_answer_has_its_text_and_where_it_is_from()
    {
        await using Talk talk = await Talk.TellAsync("Once upon a time.", new OmlChatClientOptions { ModelId = "storyteller" });

        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello);

        response.Text.Should().Be("Once upon a time.");
        ChatMessage message = response.Messages.Should().ContainSingle().Subject;
        message.Role.Should().Be(ChatRole.Assistant);
        message.MessageId.Should().NotBeNullOrEmpty();
        message.CreatedAt.Should().Be(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero), "that is the provider's time");
        response.CreatedAt.Should().Be(message.CreatedAt);
        response.ResponseId.Should().NotBeNullOrEmpty();
        response.ModelId.Should().Be("storyteller");
        response.ConversationId.Should().BeNull("nothing is kept");
        response.ContinuationToken.Should().BeNull();
        GeneratedText raw = response.RawRepresentation.Should().BeOfType<GeneratedText>().Subject;
        raw.Text.Should().Be(response.Text);
        raw.Tokens[..^1].Should().Equal("Once upon a time.".Select(letter => (int)letter));
    }

    [Fact]
    public async Task Answers_have_ids_of_their_own()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");

        ChatResponse first = await talk.Client.GetResponseAsync(Talk.Hello);
        ChatResponse second = await talk.Client.GetResponseAsync(Talk.Hello);

        second.ResponseId.Should().NotBe(first.ResponseId);
        second.Messages[0].MessageId.Should().NotBe(first.Messages[0].MessageId);
    }

    [Fact]
    public async Task The_model_s_id_stands_for_a_name()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");

        (await talk.Client.GetResponseAsync(Talk.Hello)).ModelId.Should().Be(talk.Model.Id.ToString());
    }

    [Fact]
    public async Task Usage_is_what_was_paid()
    {
        await using Talk talk = await Talk.TellAsync("Yes.", quota: 100);

        UsageDetails usage = (await talk.Client.GetResponseAsync(Talk.Hello)).Usage!;

        usage.InputTokenCount.Should().Be("User: Hello\nAssistant:".Length);
        usage.OutputTokenCount.Should().Be("Yes.".Length + 1, "the token that ends the text is paid too").And.Be(talk.Units);
        usage.TotalTokenCount.Should().Be(usage.InputTokenCount + usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("Yes.", null, null, "stop", "Yes.", GenerationFinishReason.StopToken)]
    [InlineData("Yes.\nUser: And", null, null, "stop", "Yes.", GenerationFinishReason.StopString)]
    [InlineData("Yes, of course.", 5, null, "length", "Yes, ", GenerationFinishReason.MaxNewTokens)]
    [InlineData("Yes, of course.", null, 26, "length", "Yes,", GenerationFinishReason.ContextFull)]
    public async Task The_reason_says_why_it_ended(
        string story, int? most, int? context, string expected, string text, GenerationFinishReason inner)
    {
        await using Talk talk = await Talk.TellAsync(story, context: context);
        ChatOptions options = new() { MaxOutputTokens = most };

        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello, options);
        long paid = talk.Units;
        List<ChatResponseUpdate> updates = await talk.Client.GetStreamingResponseAsync(Talk.Hello, options).ToListAsync();

        response.FinishReason.Should().Be(new ChatFinishReason(expected));
        response.Text.Should().Be(text);
        response.Usage!.OutputTokenCount.Should().Be(paid);
        ((GeneratedText)response.RawRepresentation!).FinishReason.Should().Be(inner);
        updates[^1].FinishReason.Should().Be(response.FinishReason);
        updates.Text().Should().Be(text);
    }

    [Fact]
    public async Task The_real_model_answers_as_its_generator_does()
    {
        await using Talk talk = await Talk.TinyGpt2Async(quota: 100);
        ChatOptions options = new() { Seed = 3, MaxOutputTokens = 50, TopK = 100 };

        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello, options);
        GeneratedText expected = await talk.Generator.CompleteAsync(
            "User: Hello\nAssistant:", new GenerationOptions { Seed = 3, MaxNewTokens = 50, TopK = 100, StopStrings = { "\nUser:" } });

        ((GeneratedText)response.RawRepresentation!).Tokens.Should().Equal(expected.Tokens);
        response.Text.Should().Be(expected.Text);
        talk.Units.Should().Be(100);
    }
}
