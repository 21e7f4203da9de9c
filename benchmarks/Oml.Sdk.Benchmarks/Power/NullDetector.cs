using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>A way of detection whose p-values are tested with keys that have nothing to do with the suspect.</summary>
/// <param name="Name">Its name in tables and pictures.</param>
/// <param name="Suspects">How many suspects there are; each meets the same number of keys.</param>
/// <param name="Suspect">Makes a suspect of a seed, marked for somebody, and what tests it under a key from any thread.</param>
internal sealed record NullDetector(string Name, int Suspects, Func<int, Func<CarrierKey, DetectionResult>> Suspect)
{
    private const int Many = 400;
    private const int Seed = 3;

    private static readonly RowSource Scores = RowSource.Synthetic(1000, Seed);
    private static readonly RowSource Digits = RowSource.Synthetic(10, Seed);
    private static readonly RowSource Vectors = RowSource.Embeddings(768, Seed);

    /// <summary>Those of the first picture, with the normal approximation.</summary>
    public static IReadOnlyList<NullDetector> OfScores { get; } =
    [
        Rows("informed", Scores, new("", EvidenceKind.Informed, Changes.Round(2))),
        Rows("blind", Scores, new("", EvidenceKind.Blind)),
        Rows("softmax", Scores, new("", EvidenceKind.Probabilities, Changes.Softmax)),
    ];

    /// <summary>Those of the second picture. Another kind of evidence is another line.</summary>
    public static IReadOnlyList<NullDetector> OfOtherKinds { get; } =
    [
        Rows("blind, with baseline", Scores, new("", EvidenceKind.BlindWithBaseline)),
        Rows("10 classes", Digits, new("", EvidenceKind.Informed), rows: 100),
        Rows("5 best scores", Scores, new("", EvidenceKind.TopScores), rows: 100),
        Rows("5 largest probabilities", Scores, new("", EvidenceKind.TopProbabilities, Changes.Softmax), rows: 100),
        Rows("mean of 3 copies", Scores, new("", EvidenceKind.Informed), copies: 3),
        Rows("embeddings", Vectors, new("", EvidenceKind.Informed, Changes.Round(3))),
        new("half by context", Many, NullSuspects.Contextual),
        new("baked, 100 classes", Many, NullSuspects.Baked),
        new("values, single", Many, seed => NullSuspects.Values(seed, sampleLength: 1, samples: 300)),
        new("values, 200 in a sample", Many, seed => NullSuspects.Values(seed, sampleLength: 200, samples: 10))
        {
            Law = seed => NullSuspects.LawOfValues(seed, sampleLength: 200, samples: 10),
        },
        new("labels, 10 classes", Many, NullSuspects.Labels),
        new("student", 1, NullSuspects.Student),
    ];

    /// <summary>The exact law of the statistic of each suspect, where it has so few values that the normal approximation is a poor one; null where not.</summary>
    public Func<int, SignSumLaw>? Law { get; init; }

    private static NullDetector Rows(string name, RowSource source, PowerCase powerCase, int rows = 10, int copies = 1) =>
        new(name, Many, seed => NullSuspects.Rows(seed, source, powerCase, rows, copies));
}
