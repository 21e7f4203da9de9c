namespace Oml.Sdk.Fingerprints;

/// <summary>Adds up residuals by the signs that they should show.</summary>
internal abstract class RelativeSums
{
    /// <summary>How many signs have a residual.</summary>
    public abstract long Signs { get; }

    /// <summary>Adds a residual.</summary>
    /// <param name="place">The place in the sample.</param>
    /// <param name="reference">The clean value, not 0.</param>
    /// <param name="residual">By what part the suspect's differs.</param>
    public abstract void Add(int place, float reference, double residual);

    /// <summary>The statistic of what was added, less what all residuals have in common.</summary>
    public abstract IKeyStatistic Finish();
}
