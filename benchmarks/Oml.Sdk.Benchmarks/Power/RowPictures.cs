using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Draws the corrected p-value against the number of rows.</summary>
internal static class RowPictures
{
    private const int Seed = 1;
    private const double Accused = -6;

    private static readonly int[] Counts = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];

    /// <summary>Every case of synthetic scores.</summary>
    public static void DrawSynthetic(BenchReport report, string folder)
    {
        RowSource source = RowSource.Synthetic(1000, Seed);
        Picture picture = New("Marked logits, 1,000 synthetic classes");
        int i = 0;
        foreach (PowerCase powerCase in PowerCase.OfScores)
        {
            picture.Add(Curve(report, source, powerCase, powerCase.Name, i % Picture.Colours, i / Picture.Colours));
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
                picture.Add(Curve(report, source, powerCase, $"{source.Name}, {powerCase.Name}", colour, style++));
            }

            colour++;
        }

        Save(picture, Path.Combine(folder, "rows-real.svg"));
    }

    private static Series Curve(BenchReport report, RowSource source, PowerCase powerCase, string name, int colour, int style)
    {
        PowerComparison.Tell($"p-value by rows, {source.Name}: {powerCase.Name}");
        double[] medians = PowerTrial.Medians(source, powerCase, Counts, Seed);

        // Curves that lie on each other are told apart by the number in the legend.
        int needed = Array.FindIndex(medians, p => p <= Accused);
        report.Add($"rows to 10^-6 (0: not in {Counts[medians.Length - 1]}), {source.Name}: {powerCase.Name}", needed < 0 ? 0 : Counts[needed], "rows");
        string legend = needed < 0 ? $"{name}: –" : $"{name}: {Counts[needed]}";
        return new Series(legend, [.. Counts.Take(medians.Length).Select(n => (double)n)], medians, colour, style);
    }

    private static Picture New(string title) =>
        new($"{title}; in the legend: rows to 10^-6", "rows (logarithmic)", "log10 of the corrected p, 1,000,000 licensees", logarithmic: true);

    private static void Save(Picture picture, string path)
    {
        picture.AddAccusation();
        picture.Save(path, [1, 3, 10, 30, 100, 300, 1000], (1, 1000, -34, 1));
    }
}
