using Oml.Sdk.Extensions.AI.Tests.Support;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>A request that is stopped pays the tokens that it delivered.</summary>
public sealed class ChatCancellationTests
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    [Fact]
    public async Task Nothing_is_paid_for_a_request_that_was_cancelled_before()
    {
        Language language = Talk.Story("Yes.");
        await using Talk talk = await Talk.StartAsync(language, quota: 10);
        using CancellationTokenSource open = new();

        await talk.Client.Invoking(c => c.GetResponseAsync(Talk.Hello, cancellationToken: Cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await talk.Client.Invoking(c => c.GetStreamingResponseAsync(Talk.Hello, cancellationToken: Cancelled).ToListAsync())
            .Should().ThrowAsync<OperationCanceledException>();
        await ShouldBeCancelledAsync(talk, default, Cancelled);
        await ShouldBeCancelledAsync(talk, Cancelled, open.Token);
        await ShouldBeCancelledAsync(talk, open.Token, Cancelled);

        talk.Units.Should().Be(0);
        language.Runs.Should().Be(0);
    }

    [Fact]
    public async Task The_token_on_the_way_is_not_paid_when_an_answer_is_cancelled()
    {
        using CancellationTokenSource cancellation = new();
        await using Talk talk = await Talk.StartAsync(CancellingAt(4, cancellation), quota: 10);

        await talk.Client.Invoking(c => c.GetResponseAsync(Talk.Hello, cancellationToken: cancellation.Token))
            .Should().ThrowAsync<OperationCanceledException>();

        talk.Units.Should().Be(3);
        await ShouldHaveLeftAsync(talk, 7);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    public async Task A_stream_heeds_the_request_s_token_and_the_reader_s(bool request, bool reader, bool cancelsRequest)
    {
        using CancellationTokenSource ofRequest = new();
        using CancellationTokenSource ofReader = new();
        await using Talk talk = await Talk.StartAsync(CancellingAt(4, cancelsRequest ? ofRequest : ofReader), quota: 10);

        (await ShouldBeCancelledAsync(talk, request ? ofRequest.Token : default, reader ? ofReader.Token : default)).Should().Be(3);

        talk.Units.Should().Be(3);
        await ShouldHaveLeftAsync(talk, 7);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_ends_between_two_tokens_too(bool cancelsRequest)
    {
        using CancellationTokenSource ofRequest = new();
        using CancellationTokenSource ofReader = new();
        await using Talk talk = await Talk.TellAsync("A long story.", quota: 10);
        int read = 0;
        Func<Task> reading = async () =>
        {
            await foreach (ChatResponseUpdate update in talk.Client.GetStreamingResponseAsync(Talk.Hello, cancellationToken: ofRequest.Token)
                .WithCancellation(ofReader.Token))
            {
                if (++read == 2)
                {
                    await (cancelsRequest ? ofRequest : ofReader).CancelAsync();
                }
            }
        };

        await reading.Should().ThrowAsync<OperationCanceledException>();
        read.Should().Be(2);
        talk.Units.Should().Be(2);
    }

    private static Language CancellingAt(int run, CancellationTokenSource cancellation)
    {
        Language language = Talk.Story("A long story.");
        language.During = number =>
        {
            if (number == run)
            {
                cancellation.Cancel();
            }
        };
        return language;
    }

    private static async Task<int> ShouldBeCancelledAsync(Talk talk, CancellationToken request, CancellationToken reader)
    {
        int read = 0;
        Func<Task> reading = async () =>
        {
            await foreach (ChatResponseUpdate update in talk.Client.GetStreamingResponseAsync(Talk.Hello, cancellationToken: request).WithCancellation(reader))
            {
                read++;
            }
        };
        await reading.Should().ThrowAsync<OperationCanceledException>();
        return read;
    }

    // The unit that came back can be spent.
    private static async Task ShouldHaveLeftAsync(Talk talk, int units)
    {
        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello, new ChatOptions { MaxOutputTokens = units });
        response.Usage!.OutputTokenCount.Should().Be(units);
        talk.Units.Should().Be(10);
    }
}
