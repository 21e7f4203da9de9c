using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class TextTracerTests
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    [Fact]
    public void Two_hundred_tokens_of_kgw_name_one_of_a_thousand_licensees()
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        KgwOptions options = new() { VocabularySize = 1000 };

        TextTraceResult trace = new TextTracer(options).Trace(
            publisher, FingerprintTestData.Model, Thousand, MarkedByKgw(publisher, options, licensee: 321));

        trace.Accused.Should().Be(321);
        trace.CorrectedPValue.Should().BeLessThan(1e-6);
        trace.Margin.Should().BeGreaterThan(2);
        trace.Ranked.Should().HaveCount(10).And.BeInAscendingOrder(c => c.Log10PValue);
        trace.Ranked[1].CorrectedPValue.Should().BeGreaterThan(1e-3);
        trace.Candidates.Should().Be(1000);
        (trace.Tokens + trace.SkippedTokens).Should().Be(200);
        trace.StrongestPossibleLog10CorrectedPValue.Should().BeApproximately(
            3 + Math.Max(trace.Tokens * Math.Log10(0.25), -128 * Math.Log10(2)), 1e-9);
    }

    [Theory]
    [InlineData(SynthIdVariant.Aes)]
    [InlineData(SynthIdVariant.Reference)]
    [InlineData(SynthIdVariant.TableMt19937)]
    public void Two_hundred_tokens_of_synthid_name_one_of_a_thousand_licensees(SynthIdVariant variant)
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        SynthIdOptions options = new() { Variant = variant };
        using TextKey key = publisher.DeriveTextKey(new FingerprintSubject(FingerprintTestData.Model, 77));
        using SynthIdProcessor processor = new(key, options);
        int[] tokens = TextTestData.Generate(3, 200, 200, 1.5, (scores, context) => processor.Apply(scores, context));

        TextTraceResult trace = new TextTracer(options).Trace(publisher, FingerprintTestData.Model, Thousand, tokens);

        trace.Accused.Should().Be(77);
        trace.Ranked[1].CorrectedPValue.Should().BeGreaterThan(1e-3);
        trace.StrongestPossibleLog10CorrectedPValue.Should().BeLessThanOrEqualTo(trace.Ranked[0].Log10CorrectedPValue);
    }

    [Theory]
    [InlineData(KgwScheme.LeftHash)]
    [InlineData(KgwScheme.SelfHash)]
    public void The_published_schemes_are_traced_as_well(KgwScheme scheme)
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        KgwOptions options = new() { VocabularySize = 300, Scheme = scheme };

        TextTraceResult trace = new TextTracer(options).Trace(
            publisher, FingerprintTestData.Model, Thousand[..50], MarkedByKgw(publisher, options, licensee: 7));

        trace.Accused.Should().Be(7);
    }

    [Fact]
    public void A_candidate_s_p_value_is_that_of_the_detector()
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        using TextKey key = publisher.DeriveTextKey(new FingerprintSubject(FingerprintTestData.Model, 5));
        int[] tokens = TextTestData.Repetitive(new Random(1), 100, 100);
        KgwOptions kgw = new() { VocabularySize = 100 };
        using KgwDetector green = new(key, kgw);
        using SynthIdDetector tournament = new(key);

        TraceCandidate first = new TextTracer(kgw).Trace(publisher, FingerprintTestData.Model, [5], tokens).Ranked.Should().ContainSingle().Which;
        TraceCandidate second = new TextTracer(new SynthIdOptions()).Trace(publisher, FingerprintTestData.Model, [5], tokens).Ranked[0];

        (first.Statistic, first.Log10PValue).Should().Be((green.Detect(tokens).Statistic, green.Detect(tokens).Log10PValue));
        (second.Statistic, second.Log10PValue).Should().Be((tournament.Detect(tokens).Statistic, tournament.Detect(tokens).Log10PValue));
    }

    [Fact]
    public void An_unmarked_text_another_model_and_another_publisher_accuse_nobody()
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        using FingerprintKey other = FingerprintTestData.PublisherKey(2);
        KgwOptions options = new() { VocabularySize = 1000 };
        TextTracer tracer = new(options);
        int[] marked = MarkedByKgw(publisher, options, licensee: 321);
        int[] plain = TextTestData.Generate(9, 1000, 200, 1.5, null);

        tracer.Trace(publisher, FingerprintTestData.Model, Thousand, plain).Accused.Should().BeNull();
        tracer.Trace(publisher, ModelId.Compute("another"u8), Thousand, marked).Accused.Should().BeNull();
        tracer.Trace(other, FingerprintTestData.Model, Thousand, marked).Accused.Should().BeNull();
        new TextTracer(new SynthIdOptions()).Trace(publisher, FingerprintTestData.Model, Thousand, marked).Accused.Should().BeNull();
    }

    [Fact]
    public void A_text_that_is_too_short_for_so_many_says_so()
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        TextTracer tracer = new(new KgwOptions { VocabularySize = 1000 });

        TextTraceResult few = tracer.Trace(publisher, FingerprintTestData.Model, Thousand, [1, 2, 3, 4, 5]);
        TextTraceResult none = tracer.Trace(publisher, FingerprintTestData.Model, Thousand, []);

        few.Accused.Should().BeNull();
        few.StrongestPossibleLog10CorrectedPValue.Should().BeGreaterThan(-6);
        none.Accused.Should().BeNull();
        none.CorrectedPValue.Should().Be(1);
        none.Tokens.Should().Be(0);
        new TextTracer(new SynthIdOptions()).Trace(publisher, FingerprintTestData.Model, [1], [1, 2]).CorrectedPValue.Should().Be(1);
    }

    [Fact]
    public void A_trace_stops_when_told_and_reports_how_far_it_is()
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        TextTracer tracer = new(new SynthIdOptions());
        int last = 0;
        object gate = new();
        Reporter reporter = new(done =>
        {
            lock (gate)
            {
                last = Math.Max(last, done);
            }
        });

        tracer.Trace(publisher, default, Thousand, [1, 2, 3, 4, 5, 6], progress: reporter);

        last.Should().Be(1000);
        ((Action)(() => tracer.Trace(publisher, default, Thousand, [1], cancellationToken: new CancellationToken(true))))
            .Should().Throw<OperationCanceledException>();
        publisher.Dispose();
        ((Action)(() => tracer.Trace(publisher, default, Thousand, [1]))).Should().Throw<ObjectDisposedException>();
    }

    // What all candidates share, and what one costs, takes minutes with so long a text.
    [Theory]
    [InlineData(null)]
    [InlineData(KgwScheme.LeftHash)]
    [InlineData(KgwScheme.SelfHash)]
    public void A_trace_of_a_very_long_text_stops_soon_when_told(KgwScheme? scheme)
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        TextTracer tracer = scheme is { } kgw
            ? new TextTracer(new KgwOptions { VocabularySize = 50_257, Scheme = kgw })
            : new TextTracer(new SynthIdOptions { Variant = SynthIdVariant.Reference });
        Random random = new(1);
        int[] text = [.. Enumerable.Range(0, 2_000_000).Select(_ => random.Next(50_257))];
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(500));
        Stopwatch clock = Stopwatch.StartNew();

        ((Action)(() => tracer.Trace(publisher, FingerprintTestData.Model, [1, 2], text, cancellationToken: cancellation.Token)))
            .Should().Throw<OperationCanceledException>();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Refuses_wrong_arguments()
    {
        using FingerprintKey publisher = FingerprintTestData.PublisherKey(1);
        TextTracer tracer = new(new KgwOptions { VocabularySize = 10 });

        ((Action)(() => _ = new TextTracer(new KgwOptions()))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new TextTracer(new SynthIdOptions { Depth = 0 }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => tracer.Trace(publisher, default, [], [1]))).Should().Throw<ArgumentException>().WithMessage("*at least one*");
        ((Action)(() => tracer.Trace(publisher, default, [1, 2, 1], [1]))).Should().Throw<ArgumentException>().WithMessage("*1 comes twice*");
        ((Action)(() => tracer.Trace(publisher, default, [1], [10]))).Should().Throw<ArgumentException>().WithParameterName("tokens");
        ((Action)(() => tracer.Trace(publisher, default, [1], [1], new TraceOptions { MaxRanked = 1 })))
            .Should().Throw<ArgumentOutOfRangeException>();
    }

    private static int[] MarkedByKgw(FingerprintKey publisher, KgwOptions options, ulong licensee)
    {
        using TextKey key = publisher.DeriveTextKey(new FingerprintSubject(FingerprintTestData.Model, licensee));
        using KgwProcessor processor = new(key, options);
        return TextTestData.Generate(3, options.VocabularySize, 200, 1.5, (scores, context) => processor.Apply(scores, context));
    }

    private sealed class Reporter(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
