namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Draws the corrected p-value against the number of rows.</summary>
internal static class RowPictures
{
    private const int Seed = 1;

    private static readonly int[] Counts = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];

    /// <summary>Synthetic scores, every case.</summary>
    public static void DrawSynthetic(string folder)
    {
        RowSource source = RowSource.Synthetic(1000, Seed);
        Picture picture = New("Marked logits, 1,000 synthetic classes");
        int i = 0;
        foreach (PowerCase powerCase in PowerCase.OfScores)
        {
            PowerComparison.Tell($"rows, {source.Name}: {powerCase.Name}");
            picture.Add(Curve(source, powerCase, powerCase.Name, i % 7, i / 7));
            i++;
        }

        Save(picture, Path.Combine(folder, "rows-synthetic.svg"));
    }

    private static Series Curve(RowSource source, PowerCase powerCase, string name, int colour, int style)
    {
        double[] medians = PowerTrial.Medians(source, powerCase, Counts, Seed);
        return new Series(name, [.. Counts.Take(medians.Length).Select(n => (double)n)], medians, colour, style);
    }

    private static Picture New(string title) => new(title, "rows (logarithmic)", "log10 of the corrected p, 1,000,000 licensees", logarithmic: true);

    private static void Save(Picture picture, string path)
    {
        picture.AddLevel("accused at 10^-6", -6, dotted: false);
        picture.AddLevel("least p ever stated", PowerTrial.Least, dotted: true);
        picture.Save(path, [1, 3, 10, 30, 100, 300, 1000], (1, 1000, -34, 1));
    }
}
