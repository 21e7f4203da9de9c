using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>What marks change: the perplexity of texts under the model without a watermark.</summary>
internal static class QualityStudy
{
    private const double Allowed = 0.3;
    private const double AllowedError = 0.1;
    private const int FirstText = 3_000_000;
    private const int FirstKey = 1 << 29;

    private const int TopK = 40;

    // Of whole texts: enough for the error where choices are nearly even.
    private const int Texts = 1000;

    // Of single choices: texts whose contexts they are made in, and keys that each is made under.
    private const int Contexts = 400;

    public static void Add(BenchReport report, TinyGpt2 plain)
    {
        Written(report, plain, StudyScheme.SynthId(SynthIdVariant.Aes, TopK));
        Written(report, plain, StudyScheme.SynthId(SynthIdVariant.Reference, TopK));
        Written(report, plain, StudyScheme.Kgw(KgwScheme.Aes, 0));
        foreach (float sharpness in StudyTexts.Sharpnesses)
        {
            using TinyGpt2 model = TinyGpt2.Load(sharpness);
            Chosen(report, model);
        }

        Weaker(report);
    }

    // Texts that were written with the mark, against as many without.
    private static void Written(BenchReport report, TinyGpt2 model, StudyScheme scheme)
    {
        using TextScorer scorer = new(model);
        (double unmarked, double error) = MeanOf(StudyTexts.Write(model, FirstText, Texts, scheme.TopK, null), FirstText);
        (double marked, double otherError) = MeanOf(
            StudyTexts.Write(model, FirstText + Texts, Texts, scheme.TopK, scheme.Watermark), FirstText + Texts);
        Add(report, $"perplexity of {Texts} texts, {scheme.Name}", unmarked - marked, Math.Sqrt((error * error) + (otherError * otherError)), hasTarget: true);

        (double Mean, double Error) MeanOf(int[][] texts, int first)
        {
            double[] means = new double[texts.Length];
            Parallel.For(0, texts.Length, i => means[i] = scorer.Score(StudyTexts.Prompt(first + i), texts[i]).LogProbability);
            return Statistics(means);
        }
    }

    // The expected log-probability of the next token with the mark and without, in the contexts of unmarked texts.
    private static void Chosen(BenchReport report, TinyGpt2 model)
    {
        using TextScorer scorer = new(model);
        int[][] texts = StudyTexts.Write(model, FirstText, Contexts, TopK, null);
        double[][][] rows = new double[Contexts][][];
        int[][][] likeliest = new int[Contexts][][];
        Parallel.For(0, Contexts, i =>
        {
            rows[i] = scorer.Read(StudyTexts.Prompt(FirstText + i), texts[i]);
            likeliest[i] = [.. rows[i].Select(row => Enumerable.Range(0, row.Length).OrderByDescending(token => row[token]).Take(TopK).ToArray())];
        });
        string entropy = $"{rows.Average(text => text.Average(row => -row.Sum(x => Math.Exp(x) * x))) / Math.Log(2):0.0} bit a token";
        Console.WriteLine($"Sharpness {model.Sharpness}: {entropy}");
        foreach (SynthIdVariant variant in new[] { SynthIdVariant.Aes, SynthIdVariant.Reference })
        {
            (double, double) lost = Mean(40, (i, key) => SynthId(texts[i], rows[i], likeliest[i], key, variant));
            Add(report, $"perplexity of choices, SynthID {variant}, top {TopK}, {entropy}", lost, hasTarget: true);
        }

        // Every scheme answers for its defaults; other biases are there to choose by.
        foreach (float bias in new[] { KgwOptions.DefaultBias, 1f, 0.5f, 0.25f, 0.1f })
        {
            Add(report, $"perplexity of choices, KGW Aes, δ = {bias}, {entropy}", Mean(2, (i, key) => Kgw(texts[i], rows[i], key, bias)), hasTarget: bias == KgwOptions.DefaultBias);
        }

        (double, double) Mean(int keys, Func<int, TextKey, double> lost)
        {
            double[] means = new double[Contexts];
            Parallel.For(0, Contexts, i =>
            {
                for (int k = 0; k < keys; k++)
                {
                    using TextKey key = StudyTexts.Key(FirstKey + (i * keys) + k);
                    means[i] += lost(i, key) / keys;
                }
            });
            return Statistics(means);
        }
    }

    private static double SynthId(int[] text, double[][] rows, int[][] likeliest, TextKey key, SynthIdVariant variant)
    {
        using SynthIdProcessor processor = new(key, new SynthIdOptions { Variant = variant });
        double lost = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int[] candidates = likeliest[i];
            float[] scores = [.. candidates.Select(token => (float)rows[i][token])];
            double before = Expected(scores, candidates, rows[i]);
            processor.Apply(scores, candidates, text.AsSpan(0, i));
            lost += before - Expected(scores, candidates, rows[i]);
        }

        return lost / text.Length;
    }

    private static double Kgw(int[] text, double[][] rows, TextKey key, float bias)
    {
        using KgwProcessor processor = new(key, new KgwOptions { VocabularySize = TinyGpt2.Vocabulary, Bias = bias });
        int[] all = [.. Enumerable.Range(0, TinyGpt2.Vocabulary)];
        double lost = 0;
        for (int i = 0; i < text.Length; i++)
        {
            float[] scores = [.. rows[i].Select(x => (float)x)];
            double before = Expected(scores, all, rows[i]);
            processor.Apply(scores, text.AsSpan(0, i));
            lost += before - Expected(scores, all, rows[i]);
        }

        return lost / text.Length;
    }

    // Of the model's log-probability, over the softmax of scores.
    private static double Expected(float[] scores, int[] candidates, double[] row)
    {
        double most = scores.Max();
        double total = 0, sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            double weight = Math.Exp(scores[i] - most);
            total += weight;
            sum += weight * row[candidates[i]];
        }

        return sum / total;
    }

    // What is found of marks that change as little as is allowed.
    private static void Weaker(BenchReport report)
    {
        using TinyGpt2 model = TinyGpt2.Load(StudyTexts.LikeTrained);
        foreach (float bias in new[] { 1f, 0.5f, 0.25f, 0.1f })
        {
            StudyScheme scheme = StudyScheme.Kgw(KgwScheme.Aes, 0, bias);
            int[][] texts = StudyTexts.Write(model, FirstText, Contexts, 0, scheme.Watermark);
            double[] logarithms = DetectionStudy.Test(texts, FirstText, StudyTexts.Length, scheme);
            report.Add($"missed at 1e-6, KGW Aes, δ = {bias}, sharpness {model.Sharpness}, {StudyTexts.Length} tokens", DetectionStudy.MissedShare(logarithms), "%");
            report.Add("  log10 of the median p-value", logarithms[Contexts / 2], "");
        }
    }

    private static void Add(BenchReport report, string name, (double Mean, double Error) lost, bool hasTarget) =>
        Add(report, name, lost.Mean, lost.Error, hasTarget);

    private static void Add(BenchReport report, string name, double lost, double error, bool hasTarget)
    {
        report.Add($"change of the {name}", 100 * (Math.Exp(lost) - 1), "%", hasTarget ? Allowed : null);

        // Where a change is far beyond what is allowed, its error does not matter.
        bool isClear = Math.Abs(lost) > 10 * error && 100 * (Math.Exp(lost) - 1) > Allowed;
        report.Add("  standard error", 100 * error, "%", hasTarget && !isClear ? AllowedError : null);
    }

    private static (double Mean, double Error) Statistics(double[] values)
    {
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / (values.Length - 1) / values.Length));
    }
}
