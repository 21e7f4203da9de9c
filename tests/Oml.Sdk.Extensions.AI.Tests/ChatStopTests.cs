using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Texts that end an answer: those of the template, of the client and of the request.</summary>
public sealed class ChatStopTests
{
    [Theory]
    [InlineData("A cat.\nUser: and a dog", "A cat.")]
    [InlineData("A cat. END and a dog", "A cat. ")]
    [InlineData("A cat. FIN and a dog", "A cat. ")]
    [InlineData("A cat. FIN END", "A cat. ")]
    [InlineData("A cat, EN and FI and \nUser", "A cat, EN and FI and \nUser")]
    public async Task The_template_the_client_and_the_request_each_end_it(string story, string expected)
    {
        await using Talk talk = await Talk.TellAsync(story, new OmlChatClientOptions { Generation = { StopStrings = { "END" } } });
        ChatOptions options = new() { StopSequences = ["FIN"] };

        List<ChatResponseUpdate> updates = await talk.Client.GetStreamingResponseAsync(Talk.Hello, options).ToListAsync();

        updates.Text().Should().Be(expected);
        (await talk.Client.GetResponseAsync(Talk.Hello, options)).Text.Should().Be(expected);
        for (int i = 1; i <= updates.Count; i++)
        {
            expected.Should().StartWith(updates[..i].Text(), "nothing of a stop string is let through, in whatever tokens it comes");
        }
    }

    [Fact]
    public async Task The_real_model_ends_at_a_text_that_spans_its_tokens()
    {
        await using Talk talk = await Talk.TinyGpt2Async();
        ChatOptions options = new() { Seed = 5, MaxOutputTokens = 200 };
        string whole = (await talk.Client.GetResponseAsync(Talk.Hello, options)).Text;
        int place = Enumerable.Range(4, whole.Length - 8).First(i =>
            !whole.AsSpan(i, 3).Contains('\uFFFD') && whole.IndexOf(whole.Substring(i, 3), StringComparison.Ordinal) == i);
        options.StopSequences = [whole.Substring(place, 3)];

        ChatResponse response = await talk.Client.GetResponseAsync(Talk.Hello, options);

        response.Text.Should().Be(whole[..place]);
        response.FinishReason.Should().Be(ChatFinishReason.Stop);
    }

    [Fact]
    public async Task One_that_is_asked_for_twice_counts_once()
    {
        OmlChatClientOptions options = new();
        string[] own = [.. Enumerable.Range(0, GenerationOptions.MaxStopStrings - 1).Select(i => $"<{i}>")];
        foreach (string stop in own)
        {
            options.Generation.StopStrings.Add(stop);
        }

        await using Talk talk = await Talk.TellAsync("Yes.<62>", options);

        (await talk.Client.GetResponseAsync(Talk.Hello, new ChatOptions { StopSequences = [.. own, "\nUser:", .. own] })).Text.Should().Be("Yes.");
        await talk.Client.Invoking(c => c.GetResponseAsync(Talk.Hello, new ChatOptions { StopSequences = ["one more"] }))
            .Should().ThrowAsync<ArgumentException>("with the template's there are 64 already");
    }

    [Fact]
    public async Task Too_many_empty_and_missing_ones_are_refused_before_anything_is_paid()
    {
        await using Talk talk = await Talk.TellAsync("Yes.");
        ChatOptions[] wrong =
        [
            new() { StopSequences = [.. Enumerable.Range(0, GenerationOptions.MaxStopStrings).Select(i => $"<{i}>")] },
            new() { StopSequences = [""] }, new() { StopSequences = [null!] },
            new() { StopSequences = [new string('x', GenerationOptions.MaxStopStringLength + 1)] },
        ];

        foreach (ChatOptions options in wrong)
        {
            (await talk.Client.Invoking(c => c.GetResponseAsync(Talk.Hello, options)).Should().ThrowAsync<ArgumentException>())
                .WithMessage("There are at most 64 stop strings of 1 to 1024 characters.*");
            talk.Client.Invoking(c => c.GetStreamingResponseAsync(Talk.Hello, options)).Should().Throw<ArgumentException>();
        }

        talk.Units.Should().Be(0);
    }

    [Fact]
    public async Task What_is_added_for_one_request_is_not_kept_for_the_next()
    {
        GenerationOptions defaults = new() { StopStrings = { "END" } };
        await using Talk talk = await Talk.TellAsync("One two three END", new OmlChatClientOptions { Generation = defaults });

        (await talk.Client.GetResponseAsync(Talk.Hello, new ChatOptions { StopSequences = ["two"] })).Text.Should().Be("One ");

        (await talk.Client.GetResponseAsync(Talk.Hello)).Text.Should().Be("One two three ");
        defaults.StopStrings.Should().Equal("END");
    }
}
