namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How a KGW watermark (Kirchenbauer et al. 2023) is made and found. The detector needs the same as the processor.</summary>
/// <remarks>Read when a processor, a detector or a tracer is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class KgwOptions
{
    /// <summary>The default of <see cref="GreenFraction"/>.</summary>
    public const double DefaultGreenFraction = 0.25;

    /// <summary>The default of <see cref="Bias"/>.</summary>
    public const float DefaultBias = 2;

    /// <summary>The default of <see cref="SelfHashCandidates"/>.</summary>
    public const int DefaultSelfHashCandidates = 40;

    /// <summary>The largest <see cref="VocabularySize"/>: 2²⁴.</summary>
    public const int MaxVocabularySize = 1 << 24;

    /// <summary>The largest <see cref="ContextWidth"/> of the schemes other than <see cref="KgwScheme.Aes"/>.</summary>
    public const int MaxContextWidth = 16;

    /// <summary>The largest <see cref="ContextWidth"/> of <see cref="KgwScheme.Aes"/>: what one block holds.</summary>
    public const int MaxAesContextWidth = 4;

    /// <summary>The largest <see cref="Bias"/>.</summary>
    public const float MaxBias = 100;

    /// <summary>The largest <see cref="SelfHashCandidates"/>.</summary>
    public const int MaxSelfHashCandidates = 1024;

    /// <summary>The key that the published implementations use unless told otherwise: 15485863. Everybody knows it.</summary>
    public const long PublishedHashKey = 15485863;

    /// <summary>How green lists are made.</summary>
    /// <value>The default value is <see cref="KgwScheme.Aes"/>.</value>
    public KgwScheme Scheme { get; set; } = KgwScheme.Aes;

    /// <summary>V, the number of logits; must be set. Tokens are 0 … V − 1.</summary>
    /// <value>2 to 2²⁴; the default value, 0, is refused.</value>
    public int VocabularySize { get; set; }

    /// <summary>γ, the fraction of the vocabulary that is green. <see cref="KgwScheme.Aes"/> rounds it to the nearest k/256, k = 1 … 255.</summary>
    /// <value>The default value is 0.25. Greater than 0, less than 1, and such that ⌊γ·V⌋ is at least 1.</value>
    public double GreenFraction { get; set; } = DefaultGreenFraction;

    /// <summary>δ, what is added to the logits of green tokens. More is found in fewer tokens and changes the text more.</summary>
    /// <value>The default value is 2. Greater than 0 and at most 100. Detectors do not use it.</value>
    public float Bias { get; set; } = DefaultBias;

    /// <summary>
    /// How many tokens make a seed; for the two self-hash schemes the candidate is one of them. More tokens hide the lists better, and
    /// an edit of the text spoils more positions.
    /// </summary>
    /// <value>
    /// The default value, null, is what the scheme was published with: 4 for <see cref="KgwScheme.SelfHash"/>, 1 for the others. 1 to 16;
    /// 1 to 4 for <see cref="KgwScheme.Aes"/>.
    /// </value>
    public int? ContextWidth { get; set; }

    /// <summary>For the two self-hash schemes: how many of the likeliest candidates are tested for each token.</summary>
    /// <value>The default value is 40, that of the transformers library (the authors' code tests 41). 1 to 1024. Detectors do not use it.</value>
    public int SelfHashCandidates { get; set; } = DefaultSelfHashCandidates;
}
