namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Options that were checked.</summary>
internal sealed class KgwSettings
{
    public KgwSettings(KgwOptions options, string parameterName)
    {
        Scheme = Enum.IsDefined(options.Scheme)
            ? options.Scheme
            : throw new ArgumentOutOfRangeException(parameterName, options.Scheme, $"{nameof(options.Scheme)} is one of {nameof(KgwScheme)}.");
        VocabularySize = Between(options.VocabularySize, 2, KgwOptions.MaxVocabularySize, nameof(options.VocabularySize), parameterName);
        if (!(options.GreenFraction > 0 && options.GreenFraction < 1))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, options.GreenFraction, $"{nameof(options.GreenFraction)} is greater than 0 and less than 1.");
        }

        // Truncated as the published implementations do it.
        GreenCount = (int)(VocabularySize * options.GreenFraction);
        GreenThreshold = Math.Clamp((int)Math.Round(256 * options.GreenFraction), 1, 255);
        if (Scheme != KgwScheme.Aes && GreenCount == 0)
        {
            throw new ArgumentOutOfRangeException(
                parameterName, options.GreenFraction, $"A {nameof(options.GreenFraction)} of {VocabularySize} tokens is less than one token.");
        }

        GreenFraction = Scheme == KgwScheme.Aes ? GreenThreshold / 256.0 : options.GreenFraction;
        Bias = options.Bias is > 0 and <= KgwOptions.MaxBias
            ? options.Bias
            : throw new ArgumentOutOfRangeException(
                parameterName, options.Bias, $"{nameof(options.Bias)} is greater than 0 and at most {KgwOptions.MaxBias}.");
        ContextWidth = Between(
            options.ContextWidth ?? (Scheme == KgwScheme.SelfHash ? 4 : 1),
            1,
            Scheme == KgwScheme.Aes ? KgwOptions.MaxAesContextWidth : KgwOptions.MaxContextWidth,
            nameof(options.ContextWidth),
            parameterName);
        SelfHashCandidates = Between(
            options.SelfHashCandidates, 1, KgwOptions.MaxSelfHashCandidates, nameof(options.SelfHashCandidates), parameterName);
    }

    public KgwScheme Scheme { get; }

    public int VocabularySize { get; }

    /// <summary>γ as it is used.</summary>
    public double GreenFraction { get; }

    /// <summary>⌊γ·V⌋, for permutations.</summary>
    public int GreenCount { get; }

    /// <summary>256·γ, for bytes.</summary>
    public int GreenThreshold { get; }

    public float Bias { get; }

    public int ContextWidth { get; }

    public int SelfHashCandidates { get; }

    public bool IsSelfHash => Scheme is KgwScheme.SelfHash or KgwScheme.TransformersSelfHash;

    /// <summary>How many tokens before a token its colour depends on.</summary>
    public int Previous => IsSelfHash ? ContextWidth - 1 : ContextWidth;

    private static int Between(int value, int least, int most, string name, string parameterName) => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(parameterName, value, $"{name} is {least} to {most} here.");
}
