namespace Oml.Sdk.Benchmarks.Power;

/// <summary>A way of detection whose p-values are tested with keys that have nothing to do with the rows.</summary>
/// <param name="Name">Its name in tables and pictures.</param>
/// <param name="Case">What the auditor gets.</param>
internal sealed record NullDetector(string Name, PowerCase Case)
{
    /// <summary>All of them. Another is another line.</summary>
    public static IReadOnlyList<NullDetector> All { get; } =
    [
        new("informed", new("", EvidenceKind.Informed, Changes.Round(2))),
        new("blind", new("", EvidenceKind.Blind)),
        new("softmax", new("", EvidenceKind.Probabilities, Changes.Softmax)),
    ];
}
