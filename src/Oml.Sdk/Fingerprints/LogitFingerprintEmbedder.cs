using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks rows of logits (docs/spec/fingerprint.md §3), with signs that the context of a row may choose in part (§14).</summary>
/// <param name="key">The licensee's key; what is needed of it is copied.</param>
/// <param name="rowLength">The length of the rows to come, for which the keystream is made now; longer ones make it as they go.</param>
/// <param name="relativeAmplitude">The amplitude as a fraction of a row's spread.</param>
/// <param name="contextualShare">The share of the elements that carry signs of the context.</param>
/// <param name="refuseNonFinite">Whether to refuse rows with NaN or an infinity.</param>
internal sealed class LogitFingerprintEmbedder(
    CarrierKey key, int rowLength, float relativeAmplitude, double contextualShare, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, rowLength, refuseNonFinite)
{
    private readonly ContextualCarrier? _contextual = contextualShare > 0 ? new ContextualCarrier(key, rowLength, contextualShare) : null;

    protected override bool IsFactor => false;

    protected override bool KeepsTop => true;

    protected override RowTally MarkRows(
        Span<float> data, int rowLength, ref readonly AesKeySchedule key, ReadOnlySpan<byte> signs, bool refuseNonFinite) =>
        _contextual is null || CarrierLayout.IsByClass(rowLength)
            ? LogitRows.Mark(data, rowLength, in key, signs, relativeAmplitude, refuseNonFinite)
            : ContextualRows.Mark(
                data, rowLength, new ContextualSigns(_contextual, in key, signs[..^LogitRows.Slack]), relativeAmplitude, refuseNonFinite);

    protected override bool Survives(ReadOnlySpan<float> clean, float leastPart, float leastChange)
    {
        RowSamples scores = RowSamples.Of(clean);
        if (scores.IsFlat)
        {
            RowScan.TryMax(clean, out float max);
            scores = scores.Resolve(clean, max);
        }

        return RowLevel.TryStep(scores, relativeAmplitude, out float step) && step >= leastPart * scores.Magnitude && step >= leastChange;
    }

    protected override void Clear() => _contextual?.Dispose();
}
