namespace ClassifierService;

/// <summary>What the service answers.</summary>
/// <param name="Digit">The most likely digit.</param>
/// <param name="Scores">The score of each.</param>
internal sealed record Classification(int Digit, float[] Scores);
