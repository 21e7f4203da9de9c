namespace Oml.Sdk.Fingerprints;

/// <summary>Adds up residuals by the signs that they should show.</summary>
internal abstract class RelativeSums
{
    /// <summary>How many signs have a residual.</summary>
    public abstract long Signs { get; }

    /// <summary>Adds the residuals of a sample.</summary>
    /// <param name="suspect">What the suspect answered.</param>
    /// <param name="reference">The clean values, not all 0.</param>
    public abstract void Add(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference);

    /// <summary>The statistic of what was added, less what all residuals have in common.</summary>
    public abstract IKeyStatistic Finish();

    /// <summary>By what part a value differs from the clean one, which is not 0.</summary>
    protected static double Residual(float suspect, float reference) =>
        Math.Clamp(((double)suspect / reference) - 1, -RelativeEvidence.Limit, RelativeEvidence.Limit);
}
