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
}
