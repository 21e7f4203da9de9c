using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Marks one row at one width: a pass that reads, and a pass that adds.</summary>
internal static class RowKernel<TLanes, TVector, TAes>
    where TLanes : struct, IFloatLanes<TVector>
    where TVector : struct
    where TAes : struct, IAesBlocks
{
    // What one call of the cipher covers.
    private const int Piece = IAesBlocks.Bytes * 8;

    /// <summary>Marks a row of at least one step.</summary>
    /// <param name="row">The row.</param>
    /// <param name="key">The carrier's key.</param>
    /// <param name="keystream">Room for <see cref="IAesBlocks.Bytes"/> and eight bytes more.</param>
    /// <param name="ready">Whether the first piece of the keystream is there already.</param>
    /// <param name="relativeAmplitude">The amplitude as a fraction of the row's scale.</param>
    public static RowVerdict Mark(
        Span<float> row, ref readonly AesKeySchedule key, ref byte keystream, bool ready, float relativeAmplitude)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        nint length = row.Length;

        // Neither the cipher nor the samples need the maximum: their latency hides behind the first pass.
        if (!ready)
        {
            TAes.Encrypt(in key, 0, ref keystream);
        }

        RowSamples samples = RowSamples.Of(row);
        nint quarter = (length >> 2) & -RowCarrier.Grain;
        int hot = RowScan.Run<TLanes, TVector>(in first, length, quarter, out float max);
        if (hot == RowScan.NonFinite)
        {
            return RowVerdict.NonFinite;
        }

        float spread = samples.High > samples.Low ? samples.High - samples.Low : max - samples.Low;
        if (!RowLevel.TryStep(spread, relativeAmplitude, out float step))
        {
            return RowVerdict.Unmarked;
        }

        RowLevel level = RowLevel.Of(max, step);
        for (nint start = 0; start < length;)
        {
            // Parts that are treated alike are one stretch, up to where the keystream ends.
            nint slot = (start / Piece) & 1;
            nint within = start & (Piece - 1);
            if (within == 0 && start + Piece < length)
            {
                // One piece ahead: its rounds run while the stores of this one drain.
                TAes.Encrypt(in key, (ulong)(start + Piece) / 128, ref Unsafe.Add(ref keystream, (slot ^ 1) * IAesBlocks.Bytes));
            }

            nint end = nint.Min(start - within + Piece, length);
            bool guard = IsHot(hot, start, quarter);
            nint stop = start;
            do
            {
                stop = NextPart(stop, quarter, length);
            }
            while (stop < end && IsHot(hot, stop, quarter) == guard);

            nint stretch = nint.Min(stop, end) - start;
            ref float at = ref Unsafe.Add(ref first, start);
            ref byte bits = ref Unsafe.Add(ref keystream, (slot * IAesBlocks.Bytes) + (within >> 3));
            nint done = guard
                ? RowCarrier.AddGuarded<TLanes, TVector>(ref at, 0, stretch, in bits, in level, 0)
                : RowCarrier.AddFree<TLanes, TVector>(ref at, stretch, in bits, level.Step, 0);
            if (done < stretch)
            {
                RowCarrier.Finish<TLanes, TVector>(ref at, done, stretch, in bits, in level);
            }

            start += stretch;
        }

        return RowVerdict.Marked;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHot(int hot, nint element, nint quarter)
    {
        int part = element < 2 * quarter ? (element < quarter ? 0 : 1) : (element < 3 * quarter ? 2 : 3);
        return ((hot >> part) & 1) != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint NextPart(nint element, nint quarter, nint length) =>
        element < quarter ? quarter : element < 2 * quarter ? 2 * quarter : element < 3 * quarter ? 3 * quarter : length;
}
