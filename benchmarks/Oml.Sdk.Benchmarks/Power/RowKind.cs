namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What the elements of a row are, and so which fingerprint marks it.</summary>
internal enum RowKind
{
    /// <summary>Scores, such as logits.</summary>
    Scores,

    /// <summary>A distribution.</summary>
    Probabilities,

    /// <summary>An embedding, of unit length.</summary>
    Embeddings,

    /// <summary>Values of a regression or a picture; the row is a sample.</summary>
    Values,

    /// <summary>Scores of which only the class of the largest gets out.</summary>
    Labels,
}
