using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>What the processors take by themselves, without a model. A row is brought back before every call; what that takes is subtracted.</summary>
internal static class ProcessorTimes
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);
    private static readonly TextKey Key = TextKey.Import([.. Enumerable.Range(0, TextKey.Size).Select(i => (byte)i)]);

    public static void Add(BenchReport report)
    {
        foreach (int vocabulary in new[] { TinyGpt2.Vocabulary, 32 * 1024, 128 * 1024 })
        {
            foreach (KgwScheme scheme in Enum.GetValues<KgwScheme>())
            {
                using KgwProcessor processor = new(Key, new KgwOptions { VocabularySize = vocabulary, Scheme = scheme });
                Add(report, $"KGW {scheme}, {vocabulary} tokens", vocabulary, (scores, context) => processor.Apply(scores, context));
            }
        }

        foreach (int candidates in new[] { 40, 100, TinyGpt2.Vocabulary, 32 * 1024, 128 * 1024 })
        {
            foreach (SynthIdVariant variant in Enum.GetValues<SynthIdVariant>())
            {
                using SynthIdProcessor processor = new(Key, new SynthIdOptions { Variant = variant });
                int[] tokens = [.. Enumerable.Range(0, candidates).Select(i => 7 * i)];
                Add(report, $"SynthID {variant}, {candidates} candidates", candidates, (scores, context) => processor.Apply(scores, tokens, context));
            }
        }
    }

    private delegate void Marker(Span<float> scores, ReadOnlySpan<int> context);

    private static void Add(BenchReport report, string name, int length, Marker mark)
    {
        AlignedBuffer scores = new(length, seed: 1);
        int[] context = [1, 2, 3, 4];
        PairedRatio ratio = PairedRatio.Measure(
            calls =>
            {
                for (int i = 0; i < calls; i++)
                {
                    // New contexts, or SynthID leaves them unmarked.
                    context[0] = (context[0] + 1) & 0xffff;
                    context[3] = context[0] % 512;
                    scores.Reset();
                    mark(scores.Span, context);
                }
            },
            calls =>
            {
                for (int i = 0; i < calls; i++)
                {
                    scores.Reset();
                }
            },
            Duration);
        report.Add($"processor alone, {name}", ratio.First - ratio.Second, "ns");
    }
}
