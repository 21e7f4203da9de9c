using System.Numerics;
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

    // A sweep pays once a row is larger than the first-level cache. Its blocks are an odd multiple of 2 KiB: reads and writes a block
    // apart must not meet in the low twelve bits of their addresses, which processors would take for a dependency.
    private const int SweepBlock = 1536;
    private const int SweepFrom = (8 * 1024) + 1;

    /// <summary>Marks a row of at least one step.</summary>
    /// <param name="row">The row.</param>
    /// <param name="key">The carrier's key.</param>
    /// <param name="keystream">Room for <see cref="IAesBlocks.Bytes"/> and eight bytes more.</param>
    /// <param name="ready">Whether the first piece of the keystream is there already.</param>
    /// <param name="prepared">The keystream of the whole row and eight bytes more, or nothing.</param>
    /// <param name="refuseNonFinite">Whether a row with NaN or an infinity may be left half marked.</param>
    /// <param name="relativeAmplitude">The amplitude as a fraction of the row's scale.</param>
    public static RowVerdict Mark(
        Span<float> row, ref readonly AesKeySchedule key, ref byte keystream, bool ready, ReadOnlySpan<byte> prepared, bool refuseNonFinite, float relativeAmplitude)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        nint length = row.Length;

        RowSamples scores = RowSamples.Of(row);
        bool flat = scores.IsFlat;
        if (!prepared.IsEmpty && refuseNonFinite && length >= SweepFrom && !flat && RowLevel.TryStep(scores, relativeAmplitude, out float known))
        {
            return RowSweep<TLanes, TVector>.TryMark(ref first, length, SweepBlock, in MemoryMarshal.GetReference(prepared), known, 0)
                ? RowVerdict.Marked
                : RowVerdict.NonFinite;
        }

        // The cipher does not need the maximum: its latency hides behind the first pass.
        bool whole = !prepared.IsEmpty;
        bool byClass = CarrierLayout.IsByClass(row.Length);
        if (!ready && !whole && !byClass)
        {
            TAes.Encrypt(in key, 0, ref keystream);
        }

        nint quarter = (length >> 2) & -RowCarrier.Grain;
        int hot = RowScan.Run<TLanes, TVector>(in first, length, quarter, out float max);
        if (hot == RowScan.NonFinite)
        {
            return RowVerdict.NonFinite;
        }

        scores = flat ? scores.Resolve(row, max) : scores;
        if (!RowLevel.TryStep(scores, relativeAmplitude, out float step))
        {
            return RowVerdict.Unmarked;
        }

        RowLevel level = RowLevel.Of(max, step);
        if (byClass)
        {
            ref readonly byte bits = ref ClassKeystream(CarrierLayout.TopClass(row), in key, ref keystream, prepared);
            RowCarrier.Add<TLanes, TVector>(ref first, length, in bits, in level, guard: true);
        }
        else if (whole)
        {
            AddPrepared(ref first, length, quarter, hot, in MemoryMarshal.GetReference(prepared), in level);
        }
        else
        {
            AddPieces(ref first, length, quarter, hot, in key, ref keystream, in level);
        }

        return RowVerdict.Marked;
    }

    // The block of the keystream that the row's class chooses; the cipher makes eight at a time.
    private static ref readonly byte ClassKeystream(
        int topClass, ref readonly AesKeySchedule key, ref byte keystream, ReadOnlySpan<byte> prepared)
    {
        const int blockBytes = CarrierLayout.BlockElements / 8;
        if (!prepared.IsEmpty)
        {
            return ref prepared[topClass * blockBytes];
        }

        TAes.Encrypt(in key, (ulong)(topClass & -IAesBlocks.Blocks), ref keystream);
        return ref Unsafe.Add(ref keystream, (topClass & (IAesBlocks.Blocks - 1)) * blockBytes);
    }

    // Free up to the part that holds the maximum, guarded there, free after it. Parts in between that hold it too are guarded alike.
    private static void AddPrepared(ref float first, nint length, nint quarter, int hot, ref readonly byte keystream, in RowLevel level)
    {
        if (quarter == 0)
        {
            // Too short for parts: the flags say nothing.
            RowCarrier.Add<TLanes, TVector>(ref first, length, in keystream, in level, guard: true);
            return;
        }

        int firstHot = BitOperations.TrailingZeroCount(hot);
        int afterHot = 32 - BitOperations.LeadingZeroCount((uint)hot);
        nint start = firstHot * quarter;
        nint end = afterHot == 4 ? length : afterHot * quarter;
        ref byte bits = ref Unsafe.AsRef(in keystream);
        if (start > 0)
        {
            RowCarrier.AddFree<TLanes, TVector>(ref first, start, in bits, level.Step, 0);
        }

        RowCarrier.Add<TLanes, TVector>(ref Unsafe.Add(ref first, start), end - start, in Unsafe.Add(ref bits, start >> 3), in level, guard: true);
        if (end < length)
        {
            RowCarrier.Add<TLanes, TVector>(ref Unsafe.Add(ref first, end), length - end, in Unsafe.Add(ref bits, end >> 3), in level, guard: false);
        }
    }

    // The keystream is made on the way, two pieces of it at a time.
    private static void AddPieces(
        ref float first, nint length, nint quarter, int hot, ref readonly AesKeySchedule key, ref byte keystream, in RowLevel level)
    {
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
            RowCarrier.Add<TLanes, TVector>(ref at, stretch, in bits, in level, guard);
            start += stretch;
        }
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
