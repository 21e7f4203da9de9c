using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Corrected p-values from some numbers of rows against how much the rows were changed.</summary>
/// <param name="report">Gets the most that was done to rows which still accuse.</param>
/// <param name="title">What is done to them.</param>
/// <param name="measure">What the values are.</param>
/// <param name="values">How much of it is done; they rise.</param>
/// <param name="worstFirst">Whether the first value changes rows most.</param>
/// <param name="logarithmic">Whether the x axis is.</param>
internal sealed class DistortionPicture(BenchReport report, string title, string measure, double[] values, bool worstFirst, bool logarithmic = true)
{
    public const int Seed = 2;

    private const double Accused = -6;

    private static readonly int[] Usual = [1, 10, 100];

    private readonly Picture _picture = new(
        title, logarithmic ? $"{measure} (logarithmic)" : measure, "log10 of the corrected p, 1,000,000 licensees", logarithmic);

    /// <summary>Adds a curve for each number of rows.</summary>
    /// <param name="source">The clean rows.</param>
    /// <param name="name">What the rows are then.</param>
    /// <param name="style">Which marker.</param>
    /// <param name="at">The case at a value.</param>
    /// <param name="numbers">How many rows; null for 1, 10 and 100.</param>
    public void Add(RowSource source, string name, int style, Func<double, PowerCase> at, int[]? numbers = null)
    {
        PowerComparison.Tell($"p-value by distortion: {title}, {name}");
        int[] counts = numbers ?? Usual;
        double[][] medians = [.. values.Select(value => PowerTrial.Medians(source, at(value), counts, Seed))];
        for (int i = 0; i < counts.Length; i++)
        {
            string rows = counts[i] == 1 ? "1 row" : $"{counts[i]} rows";
            double[] accusing = [.. values.Where((_, k) => medians[k][i] <= Accused)];
            if (accusing.Length > 0)
            {
                string most = worstFirst ? "least" : "largest";
                report.Add($"{name}, {rows}: {most} {measure} that accuses at 10^-6", worstFirst ? accusing[0] : accusing[^1], "");
            }

            _picture.Add(new Series($"{name}, {rows}", values, [.. medians.Select(m => m[i])], 1 + i, style));
        }
    }

    /// <summary>Draws and writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ticks">Where the x axis has numbers.</param>
    public void Save(string path, IReadOnlyList<double> ticks)
    {
        _picture.AddAccusation();
        _picture.Save(path, ticks, (values[0], values[^1], -34, 1));
    }
}
