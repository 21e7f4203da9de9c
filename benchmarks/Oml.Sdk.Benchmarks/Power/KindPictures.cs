using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Draws the power of the kinds beside logits, against rows and against what was done to them. Another curve is another line.</summary>
internal static class KindPictures
{
    private static readonly double[] Decimals = [0, 1, 2, 3, 4, 5, 6];
    private static readonly double[] DigitsKept = [1, 2, 3, 4, 5, 6, 7];
    private static readonly double[] Ratios = [0.3, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100, 200];

    public static void DrawProbabilities(BenchReport report, string folder, RowSource source)
    {
        RowPictures.Draw(report, Path.Combine(folder, "rows-probabilities.svg"), "Marked probabilities of 200 clusters", "rows",
        [
            (source, new("informed", EvidenceKind.Probabilities)),
            (source, new("4 decimals", EvidenceKind.Probabilities, Changes.Round(4))),
            (source, new("3 decimals", EvidenceKind.Probabilities, Changes.Round(3))),
            (source, new("2 decimals", EvidenceKind.Probabilities, Changes.Round(2))),
            (source, new("5 decimals", EvidenceKind.Probabilities, Changes.Round(5))),
            (source, new("noise 0.1 × mark", EvidenceKind.Probabilities, Changes.Noise(0.1))),
            (source, new("top 5 alone", EvidenceKind.Probabilities, Changes.Top(5))),
        ]);
        DistortionPicture picture = new(
            report, "Rounding of marked probabilities of 200 clusters", "decimals kept", Decimals, worstFirst: true, logarithmic: false);
        picture.Add(source, "probabilities", 0, x => new("", EvidenceKind.Probabilities, Changes.Round((int)x)));
        picture.Save(Path.Combine(folder, "probabilities-decimals.svg"), Decimals);
    }

    public static void DrawEmbeddings(BenchReport report, string folder, RowSource source)
    {
        RowPictures.Draw(report, Path.Combine(folder, "rows-embeddings.svg"), "Marked embeddings of digits, 256 elements", "rows",
        [
            (source, new("informed", EvidenceKind.Informed)),
            (source, new("3 decimals", EvidenceKind.Informed, Changes.Round(3))),
            (source, new("2 decimals", EvidenceKind.Informed, Changes.Round(2))),
            (source, new("8 bits", EvidenceKind.Informed, Changes.EightBits)),
            (source, new("noise 3 × mark", EvidenceKind.Informed, Changes.Noise(3))),
            (source, new("noise 10 × mark", EvidenceKind.Informed, Changes.Noise(10))),
            (source, new("noise 30 × mark", EvidenceKind.Informed, Changes.Noise(30))),
            (source, new("blind, with baseline", EvidenceKind.BlindWithBaseline)),
        ]);
        DistortionPicture decimals = new(
            report, "Rounding of marked embeddings, 256 elements, length 1", "decimals kept", Decimals, worstFirst: true, logarithmic: false);
        decimals.Add(source, "embeddings", 0, x => new("", EvidenceKind.Informed, Changes.Round((int)x)));
        decimals.Save(Path.Combine(folder, "embeddings-decimals.svg"), Decimals);
        DistortionPicture noise = Noise(report, "Normal noise on marked embeddings, 256 elements");
        noise.Add(source, "embeddings", 0, x => new("", EvidenceKind.Informed, Changes.Noise(x)));
        SaveNoise(noise, Path.Combine(folder, "embeddings-noise.svg"));
    }

    /// <param name="report">Where to.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="prices">One value in a sample.</param>
    /// <param name="speech">The same, of a real model.</param>
    /// <param name="pictures">784 values.</param>
    /// <param name="large">A single sample of 451,584.</param>
    public static void DrawValues(BenchReport report, string folder, RowSource prices, RowSource speech, RowSource pictures, RowSource large)
    {
        RowPictures.Draw(report, Path.Combine(folder, "rows-values.svg"), "Marked values", "samples",
        [
            (prices, new("informed", EvidenceKind.Informed)),
            (prices, new("4 digits", EvidenceKind.Informed, Changes.Digits(4))),
            (prices, new("3 digits", EvidenceKind.Informed, Changes.Digits(3))),
            (prices, new("noise 1 × mark", EvidenceKind.Informed, Changes.Noise(1))),
            (prices, new("noise 3 × mark", EvidenceKind.Informed, Changes.Noise(3))),
            (speech, new("informed", EvidenceKind.Informed)),
            (speech, new("4 digits", EvidenceKind.Informed, Changes.Digits(4))),
            (pictures, new("informed", EvidenceKind.Informed)),
            (pictures, new("8 bits", EvidenceKind.Informed, Changes.Bytes)),
            (pictures, new("noise 10 × mark", EvidenceKind.Informed, Changes.Noise(10))),
            (large, new("8 bits", EvidenceKind.Informed, Changes.Bytes)),
        ]);
        DistortionPicture digits = new(report, "Rounding of single marked values", "digits kept", DigitsKept, worstFirst: true, logarithmic: false);
        digits.Add(prices, "prices", 0, x => new("", EvidenceKind.Informed, Changes.Digits((int)x)), [100, 300, 1000]);
        digits.Save(Path.Combine(folder, "values-digits.svg"), DigitsKept);
        DistortionPicture noise = Noise(report, "Normal noise on marked values");
        noise.Add(pictures, "784 values", 0, x => new("", EvidenceKind.Informed, Changes.Noise(x)));
        noise.Add(large, "451,584 values", 1, x => new("", EvidenceKind.Informed, Changes.Noise(x)), [1]);
        SaveNoise(noise, Path.Combine(folder, "values-noise.svg"));
    }

    public static void DrawLabels(BenchReport report, string folder, RowSource source) =>
        RowPictures.Draw(report, Path.Combine(folder, "rows-labels.svg"), "Labels of 200 clusters", "answers",
        [
            (source, new("as they are", EvidenceKind.Informed)),
            (source, new("10 % of its own", EvidenceKind.Informed, Changes.OwnAnswers(0.1))),
            (source, new("30 % of its own", EvidenceKind.Informed, Changes.OwnAnswers(0.3))),
            (source, new("50 % of its own", EvidenceKind.Informed, Changes.OwnAnswers(0.5))),
            (source, new("70 % of its own", EvidenceKind.Informed, Changes.OwnAnswers(0.7))),
        ],
        most: 10_000);

    private static DistortionPicture Noise(BenchReport report, string title) =>
        new(report, title, "noise / mark, as standard deviation / amplitude", Ratios, worstFirst: false);

    private static void SaveNoise(DistortionPicture picture, string path) => picture.Save(path, [0.3, 1, 3, 10, 30, 100]);
}
