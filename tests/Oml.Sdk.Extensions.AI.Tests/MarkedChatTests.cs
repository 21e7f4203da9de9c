using Oml.Sdk.Extensions.AI.Tests.Support;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests;

/// <summary>Answers that an application sees name the licensee.</summary>
public sealed class MarkedChatTests : IDisposable
{
    private const ulong Alice = 12;

    private static readonly KgwOptions Kgw = new() { VocabularySize = 1_000 };
    private static readonly ChatOptions Options = new() { Seed = 6, MaxOutputTokens = 200, TopK = 200 };

    private readonly FingerprintKey _key = FingerprintKey.Import([.. Enumerable.Range(0, FingerprintKey.Size).Select(i => (byte)i)]);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task An_answer_with_green_lists_is_traced_to_its_licensee() =>
        await ShouldBeTracedAsync(TextWatermark.Kgw(_key, Kgw), new TextTracer(Kgw));

    [Fact]
    public async Task An_answer_of_tournaments_is_traced_to_its_licensee() =>
        await ShouldBeTracedAsync(TextWatermark.SynthId(_key), new TextTracer(new SynthIdOptions()));

    [Fact]
    public async Task An_answer_without_a_mark_accuses_nobody()
    {
        await using Talk talk = await Talk.TinyGpt2Async(fingerprint: Alice);
        GeneratedText text = (GeneratedText)(await talk.Client.GetResponseAsync(Talk.Hello, Options)).RawRepresentation!;

        Trace(new TextTracer(Kgw), talk, text.Tokens.AsSpan()).Accused.Should().BeNull();
        Trace(new TextTracer(new SynthIdOptions()), talk, text.Tokens.AsSpan()).Accused.Should().BeNull();
    }

    private async Task ShouldBeTracedAsync(TextWatermark watermark, TextTracer tracer)
    {
        await using Talk talk = await Talk.TinyGpt2Async(watermark: watermark, fingerprint: Alice);

        GeneratedText whole = (GeneratedText)(await talk.Client.GetResponseAsync(Talk.Hello, Options)).RawRepresentation!;
        int[] streamed = [.. (await talk.Client.GetStreamingResponseAsync(Talk.Hello, Options).ToListAsync())
            .Select(update => ((GeneratedToken)update.RawRepresentation!).Id)];

        TextTraceResult trace = Trace(tracer, talk, whole.Tokens.AsSpan());
        trace.Accused.Should().Be(Alice);
        trace.Ranked[0].Log10CorrectedPValue.Should().BeLessThan(-6);
        streamed.Should().Equal(whole.Tokens);
    }

    private TextTraceResult Trace(TextTracer tracer, Talk talk, ReadOnlySpan<int> tokens) =>
        tracer.Trace(_key, talk.Model.Id, Enumerable.Range(1, 1_000).Select(id => (ulong)id), tokens);
}
