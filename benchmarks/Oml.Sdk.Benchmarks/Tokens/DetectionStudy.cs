using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>How many tokens it takes until a mark is found at one false alarm in a million: texts of a real model, the schemes as they come.</summary>
internal static class DetectionStudy
{
    private const int Texts = 400;
    private const int FirstText = 1_000_000;
    private const double Log10Level = -6;

    // Of a hundred texts of 200 tokens, so many may be missed.
    private const double Missed = 5;

    public static void Add(BenchReport report, TinyGpt2 plain)
    {
        StudyScheme aes = StudyScheme.Kgw(KgwScheme.Aes, 0);
        StudyScheme tournament = StudyScheme.SynthId(SynthIdVariant.Aes, 40);
        StudyScheme reference = StudyScheme.SynthId(SynthIdVariant.Reference, 40);
        StudyScheme[] others =
        [
            StudyScheme.Kgw(KgwScheme.LeftHash, 0),
            StudyScheme.Kgw(KgwScheme.SelfHash, 0),
            StudyScheme.Kgw(KgwScheme.SelfHash, 40),
            StudyScheme.SynthId(SynthIdVariant.Aes, 0),
            StudyScheme.SynthId(SynthIdVariant.TableMt19937, 40),
            StudyScheme.SynthId(SynthIdVariant.TablePhilox, 40),
        ];
        foreach (float sharpness in StudyTexts.Sharpnesses)
        {
            using TinyGpt2 model = TinyGpt2.Load(sharpness);
            string entropy = $"{StudyTexts.Entropy(model, FirstText, Texts):0.0} bit a token";
            Console.WriteLine($"Sharpness {sharpness}: {entropy}");
            bool isEnough = sharpness <= StudyTexts.LikeTrained;
            Add(report, model, aes, entropy, isEnough);
            Add(report, model, tournament, entropy, isEnough);
            Add(report, model, reference, entropy, isEnough);
            foreach (StudyScheme scheme in sharpness is 1 or StudyTexts.LikeTrained ? others : [])
            {
                Add(report, model, scheme, entropy, false);
            }
        }
    }

    /// <summary>The p-values of marked texts under their keys, as decimal logarithms, ascending.</summary>
    public static double[] Test(int[][] texts, int first, int length, StudyScheme scheme)
    {
        double[] logarithms = new double[texts.Length];
        Parallel.For(0, texts.Length, i =>
        {
            Span<byte> key = stackalloc byte[TextKey.Size];
            StudyTexts.FillKey(first + i, key);
            logarithms[i] = scheme.Prepare(texts[i][..length]).Test(key).Log10PValue;
        });
        Array.Sort(logarithms);
        return logarithms;
    }

    /// <summary>How many percent of some p-values are above one in a million.</summary>
    public static double MissedShare(double[] logarithms) => 100.0 * logarithms.Count(p => p > Log10Level) / logarithms.Length;

    private static void Add(BenchReport report, TinyGpt2 model, StudyScheme scheme, string entropy, bool hasTarget)
    {
        int[][] texts = StudyTexts.Write(model, FirstText, Texts, scheme.TopK, scheme.Watermark);
        foreach (int length in new[] { 50, 100, 150, StudyTexts.Length })
        {
            double[] logarithms = Test(texts, FirstText, length, scheme);
            double? target = hasTarget && length == StudyTexts.Length ? Missed : null;
            report.Add($"missed at 1e-6, {scheme.Name}, {entropy}, {length} tokens", MissedShare(logarithms), "%", target);
            report.Add("  log10 of the median p-value", logarithms[Texts / 2], "");
        }
    }
}
