namespace Oml.Sdk.Extensions.AI;

/// <summary>How the states of a text's tokens become one embedding.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean, padding left out.</summary>
    Mean = 1,

    /// <summary>That of the first token, which BERT and its descendants call <c>[CLS]</c>.</summary>
    Cls = 2,

    /// <summary>That of the last token that is no padding, as decoders that were made encoders have it.</summary>
    LastToken = 3,
}
