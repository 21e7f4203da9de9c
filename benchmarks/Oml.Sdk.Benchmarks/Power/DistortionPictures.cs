namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Draws the corrected p-value from 1, 10 and 100 rows against how much the rows were changed.</summary>
internal static class DistortionPictures
{
    private const int Seed = 2;

    private static readonly int[] Counts = [1, 10, 100];

    public static void Draw(string folder)
    {
        RowSource source = RowSource.Synthetic(1000, Seed);
        Sweep decimals = new("Rounding", "decimals kept", logarithmic: false, [0, 1, 2, 3, 4, 5, 6]);
        decimals.Add(source, "logits", 0, x => new("", EvidenceKind.Informed, Changes.Round((int)x)));
        decimals.Add(source, "softmax", 1, x => new("", EvidenceKind.Probabilities, Changes.Softmax, Changes.Round((int)x)));
        decimals.Save(Path.Combine(folder, "decimals.svg"), decimals.X);

        Sweep noise = new("Additive normal noise", "standard deviation of the noise / amplitude of the mark (logarithmic)", true, [0.3, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 100, 200]);
        noise.Add(source, "logits", 0, x => new("", EvidenceKind.Informed, Changes.Noise(x)));
        noise.Save(Path.Combine(folder, "noise.svg"), [0.3, 1, 3, 10, 30, 100]);

        Sweep top = new("The k largest of 1,000 probabilities, zeros for the rest", "k (logarithmic)", true, [2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 1000]);
        top.Add(source, "softmax", 1, x => new("", EvidenceKind.Probabilities, Changes.Softmax, Changes.Top((int)x)));
        top.Save(Path.Combine(folder, "top-k.svg"), [2, 5, 10, 30, 100, 300, 1000]);
    }

    private sealed class Sweep(string title, string x, bool logarithmic, double[] values)
    {
        private readonly Picture _picture = new(title, x, "log10 of the corrected p, 1,000,000 licensees", logarithmic);

        public double[] X => values;

        public void Add(RowSource source, string name, int style, Func<double, PowerCase> at)
        {
            PowerComparison.Tell($"p-value by distortion: {title}, {name}");
            double[][] medians = [.. values.Select(value => PowerTrial.Medians(source, at(value), Counts, Seed))];
            for (int i = 0; i < Counts.Length; i++)
            {
                string rows = Counts[i] == 1 ? "1 row" : $"{Counts[i]} rows";
                _picture.Add(new Series($"{name}, {rows}", values, [.. medians.Select(m => m[i])], 1 + i, style));
            }
        }

        public void Save(string path, IReadOnlyList<double> ticks)
        {
            _picture.AddAccusation();
            _picture.Save(path, ticks, (values[0], values[^1], -34, 1));
        }
    }
}
