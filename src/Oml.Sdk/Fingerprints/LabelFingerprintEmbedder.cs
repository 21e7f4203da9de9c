using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Exchanges the two best scores of some rows (docs/spec/fingerprint.md §12).</summary>
/// <param name="key">The licensee's key; what is needed of it is copied.</param>
/// <param name="margin">How far apart they may be.</param>
/// <param name="threshold">The share, in 2³²nds.</param>
/// <param name="refuseNonFinite">Whether to refuse rows with NaN or an infinity.</param>
internal sealed class LabelFingerprintEmbedder(CarrierKey key, float margin, uint threshold, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, 1, refuseNonFinite)
{
    private readonly AesKeySchedule[] _schedule = Expand(key);

    // What is exchanged are numbers of the format already.
    protected override bool IsFactor => false;

    protected override bool KeepsTop => false;

    protected override RowTally MarkRows(
        Span<float> data, int rowLength, ref readonly AesKeySchedule key, ReadOnlySpan<byte> signs, bool refuseNonFinite)
    {
        int marked = 0;
        int rows = 0;
        for (; data.Length > 0; data = data[rowLength..], rows++)
        {
            Span<float> row = data[..rowLength];
            if (!RowScan.TryMax(row, out _))
            {
                if (refuseNonFinite)
                {
                    return new RowTally(marked, rows - marked, rows);
                }
            }
            else if (rowLength is >= 3 and <= LabelFingerprint.MaxClasses)
            {
                // A row that was no close call is as it should be: nothing of the mark is missing there.
                marked++;
                if (CloseCall.TryFind(row, margin, out CloseCall call) && call.Coin(in _schedule[0]) < threshold)
                {
                    (row[call.Best], row[call.Second]) = (row[call.Second], row[call.Best]);
                }
            }
        }

        return new RowTally(marked, rows - marked, -1);
    }

    public override FingerprintOutcome Embed(OutputTensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return output.ElementType != TensorElementType.Float64
            ? base.Embed(output)
            : throw new NotSupportedException($"The output '{output.Name}' is Float64; a label fingerprint marks Float32 and Float16 outputs.");
    }

    protected override void Clear() => _schedule[0].Clear();

    private static AesKeySchedule[] Expand(CarrierKey key)
    {
        AesKeySchedule[] schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);
        key.ExpandContextual(out schedule[0]);
        return schedule;
    }
}
