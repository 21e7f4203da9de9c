using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>A watermark as the studies use it: one scheme at its defaults.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="TopK">The candidates that texts are drawn from; 0 for all.</param>
/// <param name="Watermark">Marks under a key.</param>
/// <param name="Prepare">Makes a text ready to be tested under any key, as a detector does for one.</param>
internal sealed record StudyScheme(string Name, int TopK, Func<TextKey, TextWatermark> Watermark, Func<int[], ITracedText> Prepare)
{
    public static StudyScheme Kgw(KgwScheme scheme, int topK, float bias = KgwOptions.DefaultBias)
    {
        KgwOptions options = new() { VocabularySize = TinyGpt2.Vocabulary, Scheme = scheme, Bias = bias };
        KgwSettings settings = new(options, nameof(options));
        return new($"KGW {scheme}, {Candidates(topK)}", topK, key => TextWatermark.Kgw(key, options), text => new KgwText(text, settings, nameof(text)));
    }

    public static StudyScheme SynthId(SynthIdVariant variant, int topK)
    {
        SynthIdOptions options = new() { Variant = variant };
        SynthIdSettings settings = new(options, null, nameof(options));
        return new($"SynthID {variant}, {Candidates(topK)}", topK, key => TextWatermark.SynthId(key, options), text => new SynthIdText(text, settings, nameof(text)));
    }

    private static string Candidates(int topK) => topK == 0 ? "whole vocabulary" : $"top {topK}";
}
