using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Draws the corrected p-value against the number of rows.</summary>
internal static class RowPictures
{
    private const int Seed = 1;
    private const double Accused = -6;

    private static readonly int[] Counts = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];

    private static readonly int[] More = [1500, 2000, 3000, 5000, 7000, 10_000];
    private static readonly double[] Ticks = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

    /// <summary>Some cases of some sources in one picture, a colour for each case and a marker for each source.</summary>
    /// <param name="report">Gets the rows that it takes.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">What is shown.</param>
    /// <param name="unit">What a row is called.</param>
    /// <param name="curves">The curves.</param>
    /// <param name="most">The most rows that are tried.</param>
    public static void Draw(
        BenchReport report, string path, string title, string unit, IReadOnlyList<(RowSource Source, PowerCase Case)> curves, int most = 1000)
    {
        Picture picture = New(title, unit);
        RowSource[] sources = [.. curves.Select(curve => curve.Source).Distinct()];
        int[] counts = [.. Counts, .. More.Where(count => count <= most)];
        int colour = 0;
        foreach ((RowSource source, PowerCase powerCase) in curves)
        {
            string name = sources.Length == 1 ? powerCase.Name : $"{source.Name}, {powerCase.Name}";
            picture.Add(Curve(report, source, powerCase, name, colour++ % Picture.Colours, Array.IndexOf(sources, source), counts));
        }

        Save(picture, path, most);
    }

    /// <summary>Every case of synthetic scores.</summary>
    public static void DrawSynthetic(BenchReport report, string folder)
    {
        RowSource source = RowSource.Synthetic(1000, Seed);
        Picture picture = New("Marked logits, 1,000 synthetic classes");
        int i = 0;
        foreach (PowerCase powerCase in PowerCase.OfScores)
        {
            picture.Add(Curve(report, source, powerCase, powerCase.Name, i % Picture.Colours, i / Picture.Colours, Counts));
            i++;
        }

        Save(picture, Path.Combine(folder, "rows-synthetic.svg"));
    }

    /// <summary>The outputs of real models.</summary>
    public static void DrawReal(BenchReport report, RealModels models, string folder)
    {
        Picture picture = New("Marked outputs of real models");
        int colour = 1;
        foreach (RowSource source in models.Sources)
        {
            int style = 0;
            foreach (PowerCase powerCase in source.AreProbabilities ? PowerCase.OfRealProbabilities : PowerCase.OfRealScores)
            {
                picture.Add(Curve(report, source, powerCase, $"{source.Name}, {powerCase.Name}", colour, style++, Counts));
            }

            colour++;
        }

        Save(picture, Path.Combine(folder, "rows-real.svg"));
    }

    /// <summary>The curve of a case, named in the legend with the number of rows that it takes.</summary>
    private static Series Curve(BenchReport report, RowSource source, PowerCase powerCase, string name, int colour, int style, int[] counts)
    {
        PowerComparison.Tell($"p-value by rows, {source.Name}: {powerCase.Name}");
        double[] medians = PowerTrial.Medians(source, powerCase, counts, Seed);

        // Curves that lie on each other are told apart by the number in the legend.
        int needed = Array.FindIndex(medians, p => p <= Accused);
        report.Add($"rows to 10^-6 (0: not in {counts[medians.Length - 1]}), {source.Name}: {powerCase.Name}", needed < 0 ? 0 : counts[needed], "rows");
        string legend = needed < 0 ? $"{name}: –" : $"{name}: {counts[needed]}";
        return new Series(legend, [.. counts.Take(medians.Length).Select(n => (double)n)], medians, colour, style);
    }

    private static Picture New(string title, string unit = "rows") =>
        new($"{title}; in the legend: {unit} to 10^-6", $"{unit} (logarithmic)", "log10 of the corrected p, 1,000,000 licensees", logarithmic: true);

    private static void Save(Picture picture, string path, double most = 1000)
    {
        picture.AddAccusation();
        picture.Save(path, [.. Ticks.TakeWhile(tick => tick <= most)], (1, most, -34, 1));
    }
}
