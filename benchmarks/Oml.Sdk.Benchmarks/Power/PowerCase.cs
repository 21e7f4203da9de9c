namespace Oml.Sdk.Benchmarks.Power;

/// <summary>One way in which a mark may come to an auditor.</summary>
/// <param name="Name">Its name in tables and pictures.</param>
/// <param name="Evidence">What the auditor knows.</param>
/// <param name="Changes">What was done to the marked row, in this order.</param>
internal sealed record PowerCase(string Name, EvidenceKind Evidence, params Change[] Changes)
{
    /// <summary>Those of the picture of synthetic scores. Another case is another line.</summary>
    public static IReadOnlyList<PowerCase> OfScores { get; } =
    [
        new("informed", EvidenceKind.Informed),
        new("informed, scaled and shifted", EvidenceKind.Informed, Power.Changes.Affine),
        new("informed, 3 decimals", EvidenceKind.Informed, Power.Changes.Round(3)),
        new("informed, 2 decimals", EvidenceKind.Informed, Power.Changes.Round(2)),
        new("informed, 1 decimal", EvidenceKind.Informed, Power.Changes.Round(1)),
        new("informed, noise 10 × mark", EvidenceKind.Informed, Power.Changes.Noise(10)),
        new("informed, noise 30 × mark", EvidenceKind.Informed, Power.Changes.Noise(30)),
        new("softmax", EvidenceKind.Probabilities, Power.Changes.Softmax),
        new("softmax, temperature 2", EvidenceKind.Probabilities, Power.Changes.Temperature(2), Power.Changes.Softmax),
        new("softmax, 3 decimals", EvidenceKind.Probabilities, Power.Changes.Softmax, Power.Changes.Round(3)),
        new("softmax, top 5 alone", EvidenceKind.Probabilities, Power.Changes.Softmax, Power.Changes.Top(5)),
        new("5 best scores alone", EvidenceKind.TopScores),
        new("blind, with baseline", EvidenceKind.BlindWithBaseline),
        new("blind, without baseline", EvidenceKind.Blind),
    ];

    /// <summary>Those of the picture of real models, where the model gives scores.</summary>
    public static IReadOnlyList<PowerCase> OfRealScores { get; } =
    [
        new("informed", EvidenceKind.Informed),
        new("informed, 2 decimals", EvidenceKind.Informed, Power.Changes.Round(2)),
        new("softmax", EvidenceKind.Probabilities, Power.Changes.Softmax),
        new("blind, with baseline", EvidenceKind.BlindWithBaseline),
    ];

    /// <summary>Those of the picture of real models, where the model gives probabilities.</summary>
    public static IReadOnlyList<PowerCase> OfRealProbabilities { get; } =
    [
        new("informed", EvidenceKind.Probabilities),
        new("3 decimals", EvidenceKind.Probabilities, Power.Changes.Round(3)),
        new("top 5 alone", EvidenceKind.Probabilities, Power.Changes.Top(5)),
    ];
}
