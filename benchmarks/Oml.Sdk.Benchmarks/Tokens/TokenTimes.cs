using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>What a token costs: metered and chosen, over the bare runtime; and marked, over the same generator without a watermark.</summary>
/// <remarks>A batch is a text of <see cref="Length"/> tokens from its beginning to its end, so what begins a text is in it.</remarks>
internal static class TokenTimes
{
    private const int Length = 64;
    private const double Share = 5;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private static float s_sink;

    public static void Add(BenchReport report, TinyGpt2 model)
    {
        using FingerprintKey key = FingerprintKey.Generate();
        OverBare(report, model);
        foreach (KgwScheme scheme in new[] { KgwScheme.Aes, KgwScheme.LeftHash, KgwScheme.SelfHash })
        {
            KgwOptions options = new() { VocabularySize = TinyGpt2.Vocabulary, Scheme = scheme };
            double? target = scheme == KgwScheme.Aes ? Share : null;
            Mark(report, model, $"KGW {scheme}, whole vocabulary", TextWatermark.Kgw(key, options), 0, target);
        }

        foreach (SynthIdVariant variant in Enum.GetValues<SynthIdVariant>())
        {
            TextWatermark watermark = TextWatermark.SynthId(key, new SynthIdOptions { Variant = variant });
            Mark(report, model, $"SynthID {variant}, top 40", watermark, 40, Share);
            Mark(report, model, $"SynthID {variant}, whole vocabulary", watermark, 0, null);
        }
    }

    private static void OverBare(BenchReport report, TinyGpt2 model)
    {
        using BareDecoder bare = new(model.Backend.Session, TinyGpt2.Prompt, Length);
        (string Name, GenerationOptions Options)[] ways =
        [
            ("greedy", new GenerationOptions { Temperature = 0 }),
            ("top 40", new GenerationOptions { TopK = 40 }),
            ("sampled from the whole vocabulary", new GenerationOptions()),
        ];
        foreach ((string name, GenerationOptions options) in ways)
        {
            PairedRatio ratio = PairedRatio.Measure(Texts(model.Generator(null), options), Bare, Duration);
            report.Add($"metered token, {name}: over the bare decode step", 100 * (ratio.Ratio - 1), "%", Share);
            report.Add("  the token", ratio.First / Length / 1000, "µs");
            report.Add("  the bare step", ratio.Second / Length / 1000, "µs");
        }

        void Bare(int calls)
        {
            for (int i = 0; i < calls; i++)
            {
                s_sink = bare.Write();
            }
        }
    }

    private static void Mark(BenchReport report, TinyGpt2 model, string name, TextWatermark watermark, int topK, double? target)
    {
        GenerationOptions options = new() { TopK = topK };
        PairedRatio ratio = PairedRatio.Measure(Texts(model.Generator(watermark), options), Texts(model.Generator(null), options), Duration);
        report.Add($"mark, {name}: over the same token unmarked", 100 * (ratio.Ratio - 1), "%", target);
        report.Add("  the unmarked token", ratio.Second / Length / 1000, "µs");
    }

    private static Action<int> Texts(TextGenerator generator, GenerationOptions options)
    {
        options.MaxNewTokens = Length;
        return calls =>
        {
            for (int i = 0; i < calls; i++)
            {
                TinyGpt2.WriteAsync(generator, TinyGpt2.Prompt, options).GetAwaiter().GetResult();
            }
        };
    }
}
