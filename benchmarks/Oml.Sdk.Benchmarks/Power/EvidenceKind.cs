namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What an auditor knows, and so which rows are added to the evidence.</summary>
internal enum EvidenceKind
{
    /// <summary>The clean model's scores for the same input.</summary>
    Informed,

    /// <summary>The clean model's probabilities for the same input.</summary>
    Probabilities,

    /// <summary>The five best of the suspect's scores, and the clean model's.</summary>
    TopScores,

    /// <summary>The five largest of the suspect's probabilities, and the clean model's.</summary>
    TopProbabilities,

    /// <summary>Nothing but the suspect's row.</summary>
    Blind,

    /// <summary>The suspect's row, and the mean of other rows of the clean model.</summary>
    BlindWithBaseline,
}
