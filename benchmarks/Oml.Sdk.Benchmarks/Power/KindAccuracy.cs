using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What marking with default options does to embeddings, values and labels.</summary>
internal static class KindAccuracy
{
    private const double Percent = 0.3;
    private const int Seed = 4;
    private const int Queries = 500;

    /// <summary>Adds how far embeddings turn, what becomes of the cosines of two, and of whom is nearest.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="name">Whose they are.</param>
    /// <param name="clean">The embeddings.</param>
    /// <param name="classes">Their classes; null if they have none.</param>
    public static void AddEmbeddings(BenchReport report, string name, float[][] clean, int[]? classes)
    {
        float[][] marked = Mark(clean, RowKind.Embeddings);
        double worst = clean.Zip(marked, (a, b) => 1 - Metrics.Cosine(a, b)).Max();
        report.Add(
            $"embeddings, {name}: largest 1 - cosine, over the 10^-4 that is stated", worst / EmbeddingFingerprintOptions.DefaultCosineError, "ratio", 1.001);
        double[] moved = [.. Enumerable.Range(0, clean.Length - 1).Select(
            i => Math.Abs(Metrics.Cosine(clean[i], clean[i + 1]) - Metrics.Cosine(marked[i], marked[i + 1])))];
        report.Add($"embeddings, {name}: mean change of the cosine of two, of 1", 100 * moved.Average(), "%", Percent);
        report.Add($"embeddings, {name}: largest change of the cosine of two, of 1", 100 * moved.Max(), "%");
        if (classes is not null)
        {
            // The last ones ask, the others answer; both are marked, as all that leaves the model is.
            int[] before = Nearest(clean);
            int[] after = Nearest(marked);
            int[] right = classes[^Queries..];
            double accuracy = Accuracy(Array.ConvertAll(before, i => classes[i]), right);
            double markedAccuracy = Accuracy(Array.ConvertAll(after, i => classes[i]), right);
            report.Add($"embeddings, {name}: class of the nearest right, unmarked", accuracy, "%");
            report.Add($"embeddings, {name}: change of that", Math.Abs(AccuracyComparison.Change(accuracy, markedAccuracy)), "%", Percent);
            report.Add($"embeddings, {name}: another is nearest", 100.0 * before.Where((n, i) => n != after[i]).Count() / Queries, "%");
        }
    }

    /// <summary>Adds how far values move, and what becomes of their error.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="name">Whose they are.</param>
    /// <param name="clean">The values.</param>
    /// <param name="right">What they should be.</param>
    public static void AddValues(BenchReport report, string name, float[][] clean, float[][] right)
    {
        float[][] marked = Mark(clean, RowKind.Values);
        double worst = clean.Zip(marked, (a, b) => a.Zip(b, (x, y) => x == 0 ? 0 : Math.Abs(((double)y / x) - 1)).Max()).Max();
        report.Add(
            $"values, {name}: largest relative change, over the 10^-3 that is stated", worst / RelativeFingerprintOptions.DefaultRelativeError, "ratio", 1.001);
        double error = Metrics.MeanSquareError(clean, right);
        report.Add($"values, {name}: mean square error, unmarked", error, "");
        report.Add($"values, {name}: the same over the mean square of the values", error / clean.Average(row => row.Average(x => (double)x * x)), "");
        report.Add(
            $"values, {name}: change of the mean square error", Math.Abs(AccuracyComparison.Change(error, Metrics.MeanSquareError(marked, right))), "%", Percent);
    }

    /// <summary>Adds how many decisions at a threshold become others.</summary>
    public static void AddDecisions(BenchReport report, string name, float[][] clean, float threshold)
    {
        float[][] marked = Mark(clean, RowKind.Values);
        int changed = clean.Where((row, i) => row[0] > threshold != marked[i][0] > threshold).Count();
        report.Add($"values, {name}, {clean.Length} answers: decisions at {threshold} changed", 100.0 * changed / clean.Length, "%", Percent);
        report.Add($"values, {name}: largest change of a probability", clean.Zip(marked, (a, b) => Math.Abs(a[0] - b[0])).Max(), "");
    }

    /// <summary>Adds how many labels become others, and what that costs.</summary>
    public static void AddLabels(BenchReport report, string name, float[][] clean, int[] classes)
    {
        int[] before = Tops(clean);
        int[] after = Tops(Mark(clean, RowKind.Labels));
        double accuracy = Accuracy(before, classes);
        double markedAccuracy = Accuracy(after, classes);
        double close = clean.Count(row => row.OrderDescending().Take(2).ToArray() is [var first, var second]
            && first - second <= LabelFingerprintOptions.DefaultMaxMargin);
        report.Add($"labels, {name}, {clean.Length} answers: close calls", 100 * close / clean.Length, "%");
        report.Add($"labels, {name}: changed", 100.0 * before.Where((label, i) => label != after[i]).Count() / clean.Length, "%");
        report.Add($"labels, {name}: right, unmarked", accuracy, "%");
        report.Add($"labels, {name}: right, marked", markedAccuracy, "%");
        report.Add($"labels, {name}: change of that", Math.Abs(AccuracyComparison.Change(accuracy, markedAccuracy)), "%", Percent);
    }

    private static float[][] Mark(float[][] clean, RowKind kind)
    {
        using CarrierKey key = PowerTrial.Key(Seed);
        using IFingerprintEmbedder embedder = PowerTrial.Embedder(key, kind);
        return [.. clean.Select(row => PowerTrial.Mark(embedder, row))];
    }

    private static int[] Nearest(float[][] rows)
    {
        int first = rows.Length - Queries;
        int[] nearest = new int[Queries];
        Parallel.For(0, Queries, q => nearest[q] = Enumerable.Range(0, first).MaxBy(i => Metrics.Cosine(rows[first + q], rows[i])));
        return nearest;
    }

    private static int[] Tops(float[][] rows) => Array.ConvertAll(rows, row => Array.IndexOf(row, row.Max()));

    private static double Accuracy(int[] labels, int[] classes) => 100.0 * labels.Where((label, i) => label == classes[i]).Count() / labels.Length;
}
