using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Marks one row with signs that its context chooses in part, at one width: a pass that reads, and a pass that adds.</summary>
internal static class ContextualRow<TLanes, TVector, TAes>
    where TLanes : struct, IFloatLanes<TVector>
    where TVector : struct
    where TAes : struct, IAesBlocks
{
    /// <summary>Marks a row of 128 elements or more.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">What makes the signs.</param>
    /// <param name="key">Room for the key of the row's context; the caller clears it.</param>
    /// <param name="buffer">Room for the signs of a stretch, and <see cref="LogitRows.Slack"/> bytes more; the caller clears it.</param>
    /// <param name="relativeAmplitude">The amplitude as a fraction of the row's scale.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RowVerdict Mark(
        Span<float> row, scoped in ContextualSigns signs, ref AesKeySchedule key, Span<byte> buffer, float relativeAmplitude)
    {
        if (!RowContext.TryFind<TLanes, TVector>(row, out RowContext context))
        {
            return RowVerdict.NonFinite;
        }

        RowSamples scores = RowSamples.Of(row);
        scores = scores.IsFlat ? scores.Resolve(row, context.Max) : scores;
        if (!RowLevel.TryStep(scores, relativeAmplitude, out float step))
        {
            return RowVerdict.Unmarked;
        }

        RowLevel level = RowLevel.Of(context.Max, step);
        signs.Expand(context.Number, out key);
        buffer = buffer[..^LogitRows.Slack];
        ref float first = ref MemoryMarshal.GetReference(row);
        int stretch = 8 * buffer.Length;
        for (int start = 0; start < row.Length; start += stretch)
        {
            int end = int.Min(start + stretch, row.Length);
            signs.Fill<TAes>(in key, start / 8, buffer[..RowSigns.Length(end - start)]);
            RowCarrier.Add<TLanes, TVector>(
                ref Unsafe.Add(ref first, start), end - start, in MemoryMarshal.GetReference(buffer), in level, context.IsHot(start, end));
        }

        return RowVerdict.Marked;
    }
}
