using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Draws the corrected p-value against how much the rows were changed.</summary>
internal static class DistortionPictures
{
    private static readonly double[] Decimals = [0, 1, 2, 3, 4, 5, 6];
    private static readonly double[] Ratios = [0.3, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 100, 200];
    private static readonly double[] Sizes = [2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 1000];

    /// <summary>Draws three pictures. Another curve is another line.</summary>
    public static void Draw(BenchReport report, string folder)
    {
        RowSource source = RowSource.Synthetic(1000, DistortionPicture.Seed);

        DistortionPicture decimals = new(report, "Rounding", "decimals kept", Decimals, worstFirst: true, logarithmic: false);
        decimals.Add(source, "logits", 0, x => new("", EvidenceKind.Informed, Changes.Round((int)x)));
        decimals.Add(source, "softmax", 1, x => new("", EvidenceKind.Probabilities, Changes.Softmax, Changes.Round((int)x)));
        decimals.Save(Path.Combine(folder, "decimals.svg"), Decimals);

        DistortionPicture noise = new(report, "Normal noise", "noise / mark, as standard deviation / amplitude", Ratios, worstFirst: false);
        noise.Add(source, "logits", 0, x => new("", EvidenceKind.Informed, Changes.Noise(x)));
        noise.Save(Path.Combine(folder, "noise.svg"), [0.3, 1, 3, 10, 30, 100]);

        DistortionPicture top = new(report, "The k largest of 1,000 probabilities, zeros for the rest", "k", Sizes, worstFirst: true);
        top.Add(source, "softmax", 1, x => new("", EvidenceKind.Probabilities, Changes.Softmax, Changes.Top((int)x)));
        top.Save(Path.Combine(folder, "top-k.svg"), [2, 5, 10, 30, 100, 300, 1000]);
    }
}
