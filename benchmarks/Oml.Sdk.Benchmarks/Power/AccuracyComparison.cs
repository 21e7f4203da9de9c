using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What marking with default options does to the accuracy of real models.</summary>
internal static class AccuracyComparison
{
    private const double Percent = 0.3;
    private const int Seed = 4;

    public static void Run(BenchReport report, RealModels models)
    {
        PowerComparison.Tell("accuracy");
        Add(report, "mnist-8", models.Mnist, models.Digits, RowKind.Scores, hasAuc: true);
        Add(report, "magika", models.Magika, models.Types, RowKind.Probabilities, hasAuc: true);
        Add(report, "tiny-gpt2", models.Gpt2, models.Next, RowKind.Scores, hasAuc: false);
    }

    /// <summary>Adds what becomes of one model's outputs.</summary>
    public static void Add(BenchReport report, string name, float[][] clean, int[] classes, RowKind kind, bool hasAuc)
    {
        bool areProbabilities = kind == RowKind.Probabilities;
        using CarrierKey key = PowerTrial.Key(Seed);
        using IFingerprintEmbedder embedder = PowerTrial.Embedder(key, kind);
        float[][] marked = [.. clean.Select(row => PowerTrial.Mark(embedder, row))];
        double[][] before = Metrics.Logarithms(clean, areProbabilities);
        double[][] after = Metrics.Logarithms(marked, areProbabilities);
        report.Add($"{name}, {clean.Length} rows: top-1 changed", Metrics.TopChanged(clean, marked), "%", 0);
        report.Add($"{name}: rows whose five best are others, or in another order", Metrics.BestFiveChanged(clean, marked), "%");
        report.Add($"{name}: mean square change of a probability, in millionths", 1e6 * Metrics.MeanSquare(before, after), "10^-6");
        if (hasAuc)
        {
            double area = Metrics.Auc(before, classes);
            report.Add($"{name}: area under the curve, one against the rest, unmarked", area, "");
            report.Add($"{name}: change of the area", Math.Abs(Change(area, Metrics.Auc(after, classes))), "%", Percent);
        }

        double loss = Metrics.LogLoss(before, classes);
        double markedLoss = Metrics.LogLoss(after, classes);
        report.Add($"{name}: log-loss, unmarked", loss, "nat");
        report.Add($"{name}: log-loss, marked", markedLoss, "nat");
        report.Add($"{name}: change of the log-loss", Math.Abs(Change(loss, markedLoss)), "%", Percent);
        if (!hasAuc)
        {
            report.Add($"{name}: perplexity, unmarked", Math.Exp(loss), "");
            report.Add($"{name}: change of the perplexity", Math.Abs(Change(Math.Exp(loss), Math.Exp(markedLoss))), "%", Percent);
        }
    }

    /// <summary>By how many percent a number changes.</summary>
    public static double Change(double before, double after) => 100 * ((after / before) - 1);
}
