using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Answers token by token.</summary>
public sealed class ChatStreamingTests
{
    private static readonly ChatOptions Options = new() { Seed = 8, MaxOutputTokens = 60, Temperature = 1.2f };

    [Fact]
    public async Task The_updates_put_together_are_the_answer()
    {
        await using Talk talk = await Talk.TinyGpt2Async();

        ChatResponse whole = await talk.Client.GetResponseAsync(Talk.Hello, Options);
        List<ChatResponseUpdate> updates = await talk.Client.GetStreamingResponseAsync(Talk.Hello, Options).ToListAsync();

        updates.Text().Should().Be(whole.Text).And.NotBeEmpty();
        updates.Select(update => ((GeneratedToken)update.RawRepresentation!).Id).Should().Equal(((GeneratedText)whole.RawRepresentation!).Tokens);
    }

    [Fact]
    public async Task Every_token_is_an_update_also_where_it_has_no_text()
    {
        await using Talk talk = await Talk.TellAsync("ä€😀!", quota: 100);

        List<ChatResponseUpdate> updates = await talk.Client.GetStreamingResponseAsync(Talk.Hello).ToListAsync();

        updates.Should().HaveCount(2 + 3 + 4 + 1 + 1, "the letters are tokens of one byte, and one ends the text");
        updates[0].Contents.Should().BeEmpty("half a letter has no text");
        updates[1].Text.Should().Be("ä");
        updates.Where(update => update.Text.Length != 0).Select(update => update.Text).Should().Equal("ä", "€", "😀", "!");
        talk.Units.Should().Be(updates.Count);
    }

    [Fact]
    public async Task Usage_and_reason_come_last_and_once()
    {
        await using Talk talk = await Talk.TellAsync("Yes.", quota: 100);

        List<ChatResponseUpdate> updates = await talk.Client.GetStreamingResponseAsync(Talk.Hello).ToListAsync();

        updates[..^1].Should().OnlyContain(update => update.FinishReason == null && !update.Contents.OfType<UsageContent>().Any());
        updates[^1].FinishReason.Should().Be(ChatFinishReason.Stop);
        UsageDetails usage = updates[^1].Contents.OfType<UsageContent>().Should().ContainSingle().Subject.Details;
        usage.OutputTokenCount.Should().Be(talk.Units).And.Be(5);
        usage.InputTokenCount.Should().Be("User: Hello\nAssistant:".Length);
        usage.TotalTokenCount.Should().Be(usage.InputTokenCount + 5);
    }

    [Fact]
    public async Task Updates_say_whose_they_are()
    {
        await using Talk talk = await Talk.TellAsync("Yes.", new OmlChatClientOptions { ModelId = "storyteller" });

        List<ChatResponseUpdate> updates = await talk.Client.GetStreamingResponseAsync(Talk.Hello).ToListAsync();

        updates.Should().OnlyContain(update => update.Role == ChatRole.Assistant && update.ModelId == "storyteller"
            && update.CreatedAt == new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        updates.Select(update => (update.ResponseId, update.MessageId)).Distinct().Should().ContainSingle();
        updates[0].ResponseId.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_response_is_made_of_the_updates()
    {
        await using Talk talk = await Talk.TinyGpt2Async();

        ChatResponse whole = await talk.Client.GetResponseAsync(Talk.Hello, Options);
        ChatResponse joined = await talk.Client.GetStreamingResponseAsync(Talk.Hello, Options).ToChatResponseAsync();

        joined.Text.Should().Be(whole.Text);
        joined.Messages.Should().ContainSingle().Which.Role.Should().Be(ChatRole.Assistant);
        joined.FinishReason.Should().Be(whole.FinishReason);
        joined.Usage.Should().BeEquivalentTo(whole.Usage);
        (joined.ModelId, joined.CreatedAt).Should().Be((whole.ModelId, whole.CreatedAt));
        joined.ResponseId.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task Whoever_stops_reading_pays_no_further_token()
    {
        await using Talk talk = await Talk.TellAsync("A long story that nobody hears to its end.", quota: 100);
        IAsyncEnumerable<ChatResponseUpdate> stream = talk.Client.GetStreamingResponseAsync(Talk.Hello);
        talk.Units.Should().Be(0, "nothing was read yet");
        int read = 0;
        await foreach (ChatResponseUpdate update in stream)
        {
            if (++read == 6)
            {
                break;
            }
        }

        talk.Units.Should().Be(6);
    }

    [Fact]
    public async Task Reading_again_is_another_answer()
    {
        await using Talk talk = await Talk.TellAsync("Yes.", quota: 100);
        IAsyncEnumerable<ChatResponseUpdate> stream = talk.Client.GetStreamingResponseAsync(Talk.Hello);

        List<ChatResponseUpdate> first = await stream.ToListAsync();
        List<ChatResponseUpdate> second = await stream.ToListAsync();

        second.Text().Should().Be(first.Text());
        second[0].ResponseId.Should().NotBe(first[0].ResponseId);
        talk.Units.Should().Be(10);
    }
}
