using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Options are read when a trace begins; what becomes of them meanwhile has no effect on it.</summary>
public sealed class TraceOptionsTests
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    [Fact]
    public void A_trace_of_rows_keeps_the_options_that_it_began_with()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = new(200);
        evidence.AddBlind(FingerprintTestData.Row(new Random(1), 200));
        TraceOptions options = new() { MaxRanked = 5 };

        TraceResult trace = evidence.Trace(key, FingerprintTestData.Model, Thousand, options, new Spoiler(options));

        (trace.Accused, trace.FalseAccusationRate, trace.Ranked.Length).Should().Be(((ulong?)null, TraceOptions.DefaultFalseAccusationRate, 5));
    }

    [Fact]
    public void A_trace_of_a_text_keeps_the_options_that_it_began_with()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        int[] text = [.. Enumerable.Range(0, 100).Select(i => i * 7 % 100)];
        TraceOptions options = new() { MaxRanked = 5 };

        TextTraceResult trace = new TextTracer(new SynthIdOptions()).Trace(
            key, FingerprintTestData.Model, Thousand, text, options, new Spoiler(options));

        (trace.Accused, trace.FalseAccusationRate, trace.Ranked.Length).Should().Be(((ulong?)null, TraceOptions.DefaultFalseAccusationRate, 5));
    }

    private sealed class Spoiler(TraceOptions options) : IProgress<int>
    {
        public void Report(int value)
        {
            options.FalseAccusationRate = 1;
            options.MaxRanked = 1;
        }
    }
}
