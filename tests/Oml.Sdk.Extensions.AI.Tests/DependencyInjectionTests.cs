using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>In an application's services, behind the middleware of Microsoft.Extensions.AI.</summary>
public sealed class DependencyInjectionTests
{
    [Fact]
    public async Task A_chat_client_is_registered_with_middleware()
    {
        await using Talk talk = await Talk.TellAsync("One two three.");
        Counter counter = new();
        ServiceCollection services = new();
        services.AddSingleton(talk.Generator);
        services.AddChatClient(provider => new OmlChatClient(provider.GetRequiredService<TextGenerator>()))
            .ConfigureOptions(options => options.StopSequences = ["three"])
            .Use(inner => new CountingChatClient(inner, counter))
            .UseFunctionInvocation()
            .UseOpenTelemetry();
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            IChatClient client = provider.GetRequiredService<IChatClient>();

            (await client.GetResponseAsync("Hello")).Text.Should().Be("One two ");
            ChatResponse streamed = await client.GetStreamingResponseAsync("Hello").ToChatResponseAsync();
            streamed.Text.Should().Be("One two ");
            streamed.Usage!.OutputTokenCount.Should().Be("One two three".Length);
            counter.Requests.Should().Be(2);
            client.GetService<OmlSession>().Should().BeSameAs(talk.Session);
            talk.Units.Should().Be(2 * "One two three".Length);
        }

        (await talk.Client.GetResponseAsync(Talk.Hello)).Text.Should().Be("One two three.", "the provider disposed the client, not the session");
    }

    [Fact]
    public async Task Functions_that_the_middleware_would_call_are_refused()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");
        using IChatClient client = talk.Client.AsBuilder().UseFunctionInvocation().Build();

        await client.Invoking(c => c.GetResponseAsync("Hello", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] }))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("*Tools*");
        talk.Units.Should().Be(0);
    }

    [Fact]
    public async Task An_embedding_generator_is_registered_with_middleware()
    {
        await using Licensed model = await Licensed.OnnxAsync(new Encoder().ToArray());
        await using OmlSession session = await model.AuthorizeAsync();
        ServiceCollection services = new();
        services.AddEmbeddingGenerator(_ => new OmlEmbeddingGenerator(session, new LetterTokenizer()))
            .ConfigureOptions(options => options.Dimensions = 4)
            .UseOpenTelemetry();
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            IEmbeddingGenerator<string, Embedding<float>> generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

            ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync("text");

            vector.Length.Should().Be(4);
            generator.GetService<OmlSession>().Should().BeSameAs(session);
            session.UnitsSpent.Should().Be(1);
        }

        using OmlEmbeddingGenerator after = new(session, new LetterTokenizer());
        (await after.GenerateAsync(["a"])).Should().HaveCount(1, "the provider disposed the generator, not the session");
    }

    private sealed class Counter
    {
        public int Requests { get; set; }
    }

    private sealed class CountingChatClient(IChatClient inner, Counter counter) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            counter.Requests++;
            return base.GetResponseAsync(messages, options, cancellationToken);
        }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            counter.Requests++;
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                yield return update;
            }
        }
    }
}
