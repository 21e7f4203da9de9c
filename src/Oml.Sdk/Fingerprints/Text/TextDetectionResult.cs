namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How much a text agrees with one key.</summary>
/// <remarks>
/// The p-values answer: had this key nothing to do with the text, how often would it agree as well or better? Small ones accuse. They
/// are for one key that was chosen beforehand; for the best of many see <see cref="TextTracer"/>. Nothing is assumed of the text, but that it was fixed
/// before it was tested: who looks repeatedly, as a text grows or at several passages, multiplies the p-value of look k by k·(k + 1), or that of each of
/// n looks by an n fixed beforehand (docs/spec/fingerprint.md §7.4).
/// </remarks>
/// <param name="Statistic">
/// By how many standard deviations the text agrees more than chance: z = (g − γT)/√(γ(1−γ)T) for KGW, Σ w·(2g − 1)/‖w‖ for SynthID-Text, less
/// its mean and in standard deviations over all keys for the variants with a table. 0 if there was nothing to test.
/// </param>
/// <param name="Share">The share of green tokens, or the (weighted) mean of the g-values. 0 if there was nothing to test.</param>
/// <param name="Log10PValue">The decimal logarithm of <see cref="PValue"/>, −38.53 … 0; −9.33 … 0 for the KGW schemes that are keyed by a number.</param>
/// <param name="ApproximateLog10PValue">The decimal logarithm of <see cref="ApproximatePValue"/>.</param>
/// <param name="Tokens">T: tokens that were tested.</param>
/// <param name="SkippedTokens">The other tokens of the text: without enough context, or repeating what was tested before.</param>
public readonly record struct TextDetectionResult(
    double Statistic, double Share, double Log10PValue, double ApproximateLog10PValue, int Tokens, int SkippedTokens)
{
    /// <summary>
    /// The p-value to put in evidence, at most 1: the exact binomial tail for KGW, which its schemes with a number for a key raise by the chance that
    /// another key sees the same coins (<see cref="KgwDetector"/>); Hoeffding's bound exp(−T²/2) of the statistic T for
    /// SynthID-Text, exp(−T²/2v) for its reference variant, where v ≥ 1 allows for its hash, and Chernoff's bound over all keys for those with a
    /// table (<see cref="SynthIdDetector"/>). 1 if there was nothing to test.
    /// </summary>
    public double PValue => Math.Pow(10, Log10PValue);

    /// <summary>
    /// The p-value by the normal distribution, 0 … 1: an approximation, poor for few tokens. Where it would be wrong, for the variants of
    /// SynthID-Text with a table, <see cref="PValue"/>.
    /// </summary>
    public double ApproximatePValue => Math.Pow(10, ApproximateLog10PValue);

    /// <summary>The result when no token could be tested.</summary>
    internal static TextDetectionResult Nothing(int skippedTokens) => new(0, 0, 0, Math.Log10(0.5), 0, skippedTokens);
}
