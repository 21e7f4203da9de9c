using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>What stands behind a client, and who owns it.</summary>
public sealed class ChatServiceTests
{
    [Fact]
    public async Task Gives_what_stands_behind_it()
    {
        await using Talk talk = await Talk.TellAsync("Yes.", new OmlChatClientOptions { ModelId = "storyteller" });
        IChatClient client = talk.Client;

        client.GetService(typeof(OmlSession)).Should().BeSameAs(talk.Session);
        client.GetService<TextGenerator>().Should().BeSameAs(talk.Generator);
        client.GetService(typeof(IChatClient)).Should().BeSameAs(client);
        client.GetService(typeof(OmlChatClient)).Should().BeSameAs(client);
        ChatClientMetadata metadata = client.GetService<ChatClientMetadata>()!;
        (metadata.ProviderName, metadata.ProviderUri, metadata.DefaultModelId).Should().Be(("oml", null, "storyteller"));
        client.GetService(typeof(OmlSession), "key").Should().BeNull();
        client.GetService(typeof(string)).Should().BeNull();
        client.Invoking(c => c.GetService(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public async Task Leaves_the_session_open_when_it_is_disposed()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");

        talk.Client.Dispose();
        talk.Client.Dispose();

        (await talk.Client.GetResponseAsync(Talk.Hello)).Text.Should().Be("Yes.");
        (await talk.Generator.CompleteAsync("Assistant:")).Text.Should().Be("Yes.");
    }

    [Fact]
    public async Task Serves_requests_at_the_same_time()
    {
        await using Talk talk = await Talk.TinyGpt2Async();
        string[] expected = new string[8];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = (await talk.Client.GetResponseAsync(Ask(i), Options(i))).Text;
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, cancellation) =>
        {
            string text = i < 32
                ? (await talk.Client.GetResponseAsync(Ask(i % 8), Options(i % 8), cancellation)).Text
                : (await talk.Client.GetStreamingResponseAsync(Ask(i % 8), Options(i % 8), cancellation).ToListAsync()).Text();
            text.Should().Be(expected[i % 8]);
        });

        expected.Distinct().Should().HaveCount(8);
        talk.Units.Should().Be((8 + 64) * 20);

        static ChatMessage[] Ask(int number) => [new(ChatRole.User, $"Number {number}")];

        static ChatOptions Options(int seed) => new() { Seed = seed, MaxOutputTokens = 20 };
    }
}
