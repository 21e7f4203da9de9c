using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>How often a key that has nothing to do with a text is found in it: texts of a real model, unmarked and marked under other keys.</summary>
/// <remarks>
/// A trial is a text and a key; keys are not used twice. Given the text, the colours under independent keys are independent, so many keys may
/// be tried on one text.
/// </remarks>
internal static class NullStudy
{
    private const int TextsOfAKind = 250;
    private const int FirstText = 2_000_000;
    private const int FirstKey = 1 << 28;

    // Of a chance of about 1 in 30,000 to be exceeded by a share that keeps to its p-value.
    private const double Deviations = 4;

    // √n·D is above it once in a thousand times, on either side.
    private const double Kolmogorov = 1.95;

    public static void Add(BenchReport report, TinyGpt2 plain)
    {
        using TinyGpt2 sharp = TinyGpt2.Load(StudyTexts.LikeTrained);
        Kgw(report, [plain, sharp], KgwScheme.Aes, 1000);
        Kgw(report, [plain, sharp], KgwScheme.LeftHash, 100);
        Kgw(report, [plain, sharp], KgwScheme.SelfHash, 100);
        Kgw(report, [plain, sharp], KgwScheme.TransformersSelfHash, 100);
        SynthId(report, [plain, sharp], SynthIdVariant.Aes, 1000);
        SynthId(report, [plain, sharp], SynthIdVariant.Reference, 1000);
        SynthId(report, [plain, sharp], SynthIdVariant.TableMt19937, 100);
        SynthId(report, [plain, sharp], SynthIdVariant.TablePhilox, 100);
    }

    private static void Kgw(BenchReport report, TinyGpt2[] models, KgwScheme scheme, int keys)
    {
        TextDetectionResult[] results = Run(models, StudyScheme.Kgw(scheme, 0), keys);
        Shares(report, $"KGW {scheme}", results);

        // Counts are whole numbers, so their p-values are no smaller than they should be, and mostly larger. Chosen at random between two counts
        // they are even, if the distribution is exactly binomial.
        double gamma = new KgwSettings(new KgwOptions { VocabularySize = TinyGpt2.Vocabulary, Scheme = scheme }, nameof(scheme)).GreenFraction;
        Random random = new(1);
        double[] even = [.. results.Select(result =>
        {
            int green = (int)Math.Round(result.Share * result.Tokens);
            double above = Math.Pow(10, BinomialTail.Log10(green + 1, result.Tokens, gamma));
            double reached = Math.Pow(10, BinomialTail.Log10(green, result.Tokens, gamma));
            return above + (random.NextDouble() * (reached - above));
        })];
        report.Add("  √n·D, randomized p-value, two-sided", TwoSided(even), "", scheme == KgwScheme.Aes ? Kolmogorov : null);
    }

    private static void SynthId(BenchReport report, TinyGpt2[] models, SynthIdVariant variant, int keys)
    {
        TextDetectionResult[] results = Run(models, StudyScheme.SynthId(variant, 40), keys);
        Shares(report, $"SynthID {variant}", results);
        if (variant == SynthIdVariant.Aes)
        {
            report.Add("  √n·D, normal approximation, two-sided", TwoSided([.. results.Select(result => result.ApproximatePValue)]), "", Kolmogorov);
            return;
        }

        // What the detector corrects, to show why.
        report.Add("  mean square of the statistic", results.Average(result => result.Statistic * result.Statistic), "");
        double naive = Math.Sqrt(2 * 4 * Math.Log(10));
        report.Add("  exp(−T²/2) ≤ 1e-4, times as often as stated", results.Count(result => result.Statistic >= naive) / (results.Length * 1e-4), "ratio");
    }

    private static TextDetectionResult[] Run(TinyGpt2[] models, StudyScheme scheme, int keys)
    {
        int first = FirstText;
        List<int[]> texts = [];
        foreach (TinyGpt2 model in models)
        {
            texts.AddRange(StudyTexts.Write(model, first, TextsOfAKind, scheme.TopK, null));
            texts.AddRange(StudyTexts.Write(model, first + TextsOfAKind, TextsOfAKind, scheme.TopK, scheme.Watermark));
            first += 2 * TextsOfAKind;
        }

        TextDetectionResult[] results = new TextDetectionResult[texts.Count * keys];
        Parallel.For(0, texts.Count, i =>
        {
            ITracedText text = scheme.Prepare(texts[i]);
            Span<byte> key = stackalloc byte[TextKey.Size];
            for (int k = i * keys; k < (i + 1) * keys; k++)
            {
                StudyTexts.FillKey(FirstKey + k, key);
                results[k] = text.Test(key);
            }
        });
        return results;
    }

    // How many times as often as stated.
    private static void Shares(BenchReport report, string name, TextDetectionResult[] results)
    {
        report.Add($"null trials, {name}", results.Length, "");
        foreach (int exponent in new[] { 1, 2, 3, 4 })
        {
            double expected = results.Length * Math.Pow(10, -exponent);
            int found = results.Count(result => result.Log10PValue <= -exponent);
            report.Add($"  p ≤ 1e-{exponent}, times as often as stated", found / expected, "ratio", 1 + (Deviations / Math.Sqrt(expected)));
        }

        double[] pValues = [.. results.Select(result => result.PValue).Order()];
        double excess = pValues.Select((p, i) => ((i + 1.0) / pValues.Length) - p).Max();
        report.Add("  √n·D, p-value, one-sided", excess * Math.Sqrt(pValues.Length), "", Kolmogorov);
    }

    private static double TwoSided(double[] pValues)
    {
        Array.Sort(pValues);
        double n = pValues.Length;
        return Math.Sqrt(n) * pValues.Select((p, i) => Math.Max(((i + 1) / n) - p, p - (i / n))).Max();
    }
}
