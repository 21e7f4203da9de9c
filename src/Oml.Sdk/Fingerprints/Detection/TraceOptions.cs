namespace Oml.Sdk.Fingerprints;

/// <summary>How <see cref="FingerprintEvidence.Trace"/> and <see cref="Text.TextTracer"/> judge. Read when a trace begins. Not thread-safe.</summary>
public sealed class TraceOptions
{
    /// <summary>The default of <see cref="FalseAccusationRate"/>.</summary>
    public const double DefaultFalseAccusationRate = 1e-6;

    /// <summary>The default of <see cref="MaxRanked"/>.</summary>
    public const int DefaultMaxRanked = 10;

    /// <summary>The largest probability that is accepted of accusing anyone when no candidate has to do with the suspect.</summary>
    /// <value>The default value is 0.000001. Greater than 0 and less than 1.</value>
    public double FalseAccusationRate { get; set; } = DefaultFalseAccusationRate;

    /// <summary>How many candidates the result lists, the best first.</summary>
    /// <value>The default value is 10. At least 2, so that a margin can be told.</value>
    public int MaxRanked { get; set; } = DefaultMaxRanked;

    internal void Validate(string parameterName)
    {
        if (!(FalseAccusationRate > 0 && FalseAccusationRate < 1))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, FalseAccusationRate, $"{nameof(FalseAccusationRate)} is greater than 0 and less than 1.");
        }

        if (MaxRanked < 2)
        {
            throw new ArgumentOutOfRangeException(parameterName, MaxRanked, $"{nameof(MaxRanked)} is at least 2.");
        }
    }
}
