using System.Buffers;
using Oml.Sdk.Fingerprints.Kernels;

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
                if (Changes(row, out CloseCall call))
                {
                    (row[call.Best], row[call.Second]) = (row[call.Second], row[call.Best]);
                }
            }
        }

        return new RowTally(marked, rows - marked, -1);
    }

    protected override RowTally MarkHalves(Span<Half> data, int rowLength, bool refuseNonFinite) =>
        Mark(data, rowLength, refuseNonFinite, HalfRows.TryWiden, HalfRows.FirstNonFinite);

    protected override RowTally MarkDoubles(Span<double> data, int rowLength, bool refuseNonFinite) =>
        Mark(data, rowLength, refuseNonFinite, static (row, wide) => DoubleRows.TryWiden(row, wide, out _), DoubleRows.FirstNonFinite);

    protected override void Clear() => _schedule[0].Clear();

    // The numbers themselves change places: differences of their binary32 forms could leave the order as it was.
    private RowTally Mark<T>(
        Span<T> data, int rowLength, bool refuseNonFinite, Widening<T> tryWiden, Func<ReadOnlySpan<T>, int> firstNonFinite)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(rowLength);
        try
        {
            Span<float> wide = rented.AsSpan(0, rowLength);
            int marked = 0;
            int rows = 0;
            for (; data.Length > 0; data = data[rowLength..], rows++)
            {
                Span<T> row = data[..rowLength];
                if (!tryWiden(row, wide))
                {
                    if (refuseNonFinite && firstNonFinite(row) >= 0)
                    {
                        return new RowTally(marked, rows - marked, rows);
                    }
                }
                else if (rowLength is >= 3 and <= LabelFingerprint.MaxClasses)
                {
                    marked++;
                    if (Changes(wide, out CloseCall call))
                    {
                        (row[call.Best], row[call.Second]) = (row[call.Second], row[call.Best]);
                    }
                }
            }

            return new RowTally(marked, rows - marked, -1);
        }
        finally
        {
            // A row beside its marked form would show what was exchanged.
            ArrayPool<float>.Shared.Return(rented, clearArray: true);
        }
    }

    private bool Changes(ReadOnlySpan<float> row, out CloseCall call) =>
        CloseCall.TryFind(row, margin, out call) && call.Coin(in _schedule[0]) < threshold;

    private static AesKeySchedule[] Expand(CarrierKey key)
    {
        AesKeySchedule[] schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);
        key.ExpandContextual(out schedule[0]);
        return schedule;
    }

    private delegate bool Widening<T>(ReadOnlySpan<T> row, Span<float> wide);
}
