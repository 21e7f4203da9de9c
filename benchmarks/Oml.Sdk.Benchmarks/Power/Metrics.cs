namespace Oml.Sdk.Benchmarks.Power;

/// <summary>How good scores are. Sums are in binary64.</summary>
internal static class Metrics
{
    /// <summary>The logarithms of the probabilities that scores, or probabilities, stand for.</summary>
    public static double[][] Logarithms(float[][] rows, bool areProbabilities) => [.. rows.Select(row =>
    {
        double[] logs = [.. row.Select(x => areProbabilities ? Math.Log(x) : x)];
        double max = logs.Max();
        double total = max + Math.Log(logs.Sum(x => Math.Exp(x - max)));
        return logs.Select(x => x - total).ToArray();
    })];

    /// <summary>Which rows have another largest place than others, as a percentage.</summary>
    public static double TopChanged(float[][] left, float[][] right) =>
        100.0 * left.Where((row, i) => Array.IndexOf(row, row.Max()) != Array.IndexOf(right[i], right[i].Max())).Count() / left.Length;

    /// <summary>Which rows have other places, or the same in another order, as their five largest; as a percentage.</summary>
    public static double BestFiveChanged(float[][] left, float[][] right) =>
        100.0 * left.Where((row, i) => !BestFive(row).SequenceEqual(BestFive(right[i]))).Count() / left.Length;

    /// <summary>The mean square difference of probabilities.</summary>
    public static double MeanSquare(double[][] left, double[][] right) => left.Zip(
        right, (a, b) => a.Zip(b, (x, y) => Math.Pow(Math.Exp(x) - Math.Exp(y), 2)).Average()).Average();

    /// <summary>The mean square of what is wrong with some answers.</summary>
    public static double MeanSquareError(float[][] answers, float[][] right) =>
        answers.Zip(right, (a, b) => a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Average()).Average();

    /// <summary>The cosine of two rows.</summary>
    public static double Cosine(float[] left, float[] right)
    {
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < left.Length; i++)
        {
            product += (double)left[i] * right[i];
            first += (double)left[i] * left[i];
            second += (double)right[i] * right[i];
        }

        return product / Math.Sqrt(first * second);
    }

    /// <summary>The mean of −ln p of the right class, over rows that have one.</summary>
    public static double LogLoss(double[][] logs, int[] classes) => logs.Zip(classes).Where(r => r.Second >= 0).Average(r => -r.First[r.Second]);

    /// <summary>The area under the curve of one class against the rest, averaged over the classes that occur; rows of class −1 do not count.</summary>
    /// <remarks>Ranked by logarithms: their order is that of the probabilities, without ties where those are too small for a float.</remarks>
    public static double Auc(double[][] logs, int[] classes)
    {
        int[] rows = [.. Enumerable.Range(0, classes.Length).Where(i => classes[i] >= 0)];
        return rows.Select(i => classes[i]).Distinct().Average(c => Auc([.. rows.Select(i => logs[i][c])], [.. rows.Select(i => classes[i] == c)]));
    }

    private static IEnumerable<int> BestFive(float[] row) => Enumerable.Range(0, row.Length).OrderByDescending(i => row[i]).Take(5);

    // Mann and Whitney: the mean rank of the positives; equals share their ranks.
    private static double Auc(double[] scores, bool[] isPositive)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderBy(i => scores[i])];
        double ranks = 0;
        for (int first = 0, next; first < order.Length; first = next)
        {
            next = first + 1;
            while (next < order.Length && scores[order[next]] == scores[order[first]])
            {
                next++;
            }

            ranks += order[first..next].Count(i => isPositive[i]) * (first + next + 1) / 2.0;
        }

        double positives = isPositive.Count(p => p);
        return (ranks - (positives * (positives + 1) / 2)) / (positives * (scores.Length - positives));
    }
}
