namespace Oml.Sdk.Fingerprints;

/// <summary>A licensee in a trace.</summary>
/// <param name="FingerprintId">The licensee's number at the publisher.</param>
/// <param name="Statistic">As in <see cref="DetectionResult.Statistic"/>, or <see cref="Text.TextDetectionResult.Statistic"/> for a text.</param>
/// <param name="Log10PValue">The decimal logarithm of the p-value for this candidate alone: the one to put in evidence.</param>
/// <param name="Log10CorrectedPValue">The decimal logarithm of <see cref="CorrectedPValue"/>.</param>
public readonly record struct TraceCandidate(
    ulong FingerprintId, double Statistic, double Log10PValue, double Log10CorrectedPValue)
{
    /// <summary>min(1, N·p): bounds the probability that any of N candidates who have nothing to do with the suspect gets as far.</summary>
    public double CorrectedPValue => Math.Pow(10, Log10CorrectedPValue);
}
