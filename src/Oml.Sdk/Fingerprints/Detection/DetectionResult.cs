namespace Oml.Sdk.Fingerprints;

/// <summary>How much the evidence agrees with one licensee's carrier.</summary>
/// <remarks>
/// The p-values answer: had this key nothing to do with the suspect, how often would it agree as well or better? Small ones accuse.
/// They are for one key and a number of rows that were chosen beforehand; for the best of many keys see <see cref="TraceResult"/>, for
/// repeated looks <see cref="FingerprintEvidence"/>. None is below 2⁻¹²⁸, about 3·10⁻³⁹: a random key of 128 bits is the right one that
/// often. Statistics compare beyond it.
/// </remarks>
/// <param name="Statistic">T = ⟨R, s⟩ / ‖R‖ for the residual R and the carrier s; about standard normal for a key that has nothing to do with the suspect.</param>
/// <param name="Log10PValue">The decimal logarithm of <see cref="PValue"/>, −38.53 … 0.</param>
/// <param name="ApproximateLog10PValue">The decimal logarithm of <see cref="ApproximatePValue"/>.</param>
/// <param name="Rows">Rows that were used.</param>
/// <param name="SkippedRows">Rows that could not be used: NaN, an infinity, or constant.</param>
/// <param name="Elements">The length of a row.</param>
public readonly record struct DetectionResult(
    double Statistic, double Log10PValue, double ApproximateLog10PValue, long Rows, long SkippedRows, int Elements)
{
    /// <summary>The p-value to put in evidence, 2⁻¹²⁸ … 1: Hoeffding's bound exp(−T²/2), which holds for any residual and any number of rows.</summary>
    public double PValue => Math.Pow(10, Log10PValue);

    /// <summary>The p-value by the normal distribution, 2⁻¹²⁸ … 1: smaller than <see cref="PValue"/> by a factor of about 2.5·T, but an approximation.</summary>
    public double ApproximatePValue => Math.Pow(10, ApproximateLog10PValue);
}
