using System.Buffers;
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

    protected override bool TryMark(Span<Half> row, HalfRange range, ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared) =>
        _contextual is null || CarrierLayout.IsByClass(row.Length)
            ? base.TryMark(row, range, in key, prepared)
            : TryMarkInContext(_contextual, row, range, in key, prepared);

    protected override bool TryMark(Span<Half> row, HalfRange range, ReadOnlySpan<byte> signs)
    {
        float max = (float)range.Most;
        RowSamples scores = RowSamples.Of(row);
        scores = scores.IsFlat ? scores.Resolve(row, max) : scores;
        if (!RowLevel.TryStep(scores, relativeAmplitude, out float step)
            || step < HalfRows.LeastPart * scores.Magnitude
            || step < HalfRows.LeastChange
            || !HalfRows.TryLift(RowLevel.Of(max, step).Top, out float top))
        {
            return false;
        }

        HalfUpdate.Add(row, signs, step, max, top);
        return true;
    }

    protected override void Clear() => _contextual?.Dispose();

    private bool TryMarkInContext(ContextualCarrier carrier, Span<Half> row, HalfRange range, ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared)
    {
        int bytes = RowSigns.Length(row.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes + LogitRows.Slack);
        try
        {
            new ContextualSigns(carrier, in key, prepared[..^LogitRows.Slack]).Fill(HalfContext.Of(row), rented.AsSpan(0, bytes));
            return TryMark(row, range, rented);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }
}
