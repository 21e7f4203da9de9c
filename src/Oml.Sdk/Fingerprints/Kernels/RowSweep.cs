using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Reads a row once: the largest element of each block is found while the block before it is marked.</summary>
/// <remarks>
/// A block that may hold the row's largest element waits until another exceeds it, or the row ends. Reading twice, once for the
/// maximum and once to mark, would cost the bandwidth of the second-level cache twice.
/// </remarks>
internal static class RowSweep<TLanes, TVector>
    where TLanes : struct, IFloatLanes<TVector>
    where TVector : struct
{
    private const int Waiting = 8;

    /// <summary>Marks a row of finite elements.</summary>
    /// <param name="first">Its first element.</param>
    /// <param name="length">At least one block.</param>
    /// <param name="block">Elements of a block: a multiple of <see cref="RowCarrier.Grain"/>.</param>
    /// <param name="keystream">A bit for each element, and eight bytes more that are readable.</param>
    /// <param name="step">The amplitude.</param>
    /// <param name="zero">0, see <see cref="RowCarrier"/>.</param>
    /// <returns>False if an element is NaN or an infinity; what was read before it may be marked.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryMark(ref float first, nint length, nint block, ref readonly byte keystream, float step, uint zero)
    {
        WaitingBlocks waiting = default;
        int count = 0;
        float max = float.NegativeInfinity;
        nint free = -1;
        nint at = 0;
        for (; at <= length - block; at += block)
        {
            float top = free < 0
                ? Scan(ref Unsafe.Add(ref first, at), block)
                : ScanAndAdd(ref Unsafe.Add(ref first, at), ref Unsafe.Add(ref first, free), block,
                    in Unsafe.Add(ref Unsafe.AsRef(in keystream), free >> 3), step, zero);
            if (top < max)
            {
                free = at;
            }
            else if (top > max)
            {
                // The blocks that waited hold no maximum after all. One of them is marked while the next block is read.
                free = count > 0 ? waiting[--count] : -1;
                while (count > 0)
                {
                    nint other = waiting[--count];
                    RowCarrier.AddFree<TLanes, TVector>(
                        ref Unsafe.Add(ref first, other), block, in Unsafe.Add(ref Unsafe.AsRef(in keystream), other >> 3), step, zero);
                }

                max = top;
                waiting[count++] = at;
            }
            else if (float.IsNaN(top))
            {
                return false;
            }
            else
            {
                free = -1;
                if (count == Waiting)
                {
                    break;
                }

                waiting[count++] = at;
            }
        }

        if (free >= 0)
        {
            RowCarrier.AddFree<TLanes, TVector>(
                ref Unsafe.Add(ref first, free), block, in Unsafe.Add(ref Unsafe.AsRef(in keystream), free >> 3), step, zero);
        }

        // The rest: less than a block, or all from where too many blocks shared the maximum.
        if (at < length)
        {
            float top = ScanRest(ref Unsafe.Add(ref first, at), length - at);
            if (float.IsNaN(top))
            {
                return false;
            }

            max = float.MaxNative(max, top);
        }

        RowLevel level = RowLevel.Of(max, step);
        while (count > 0)
        {
            nint other = waiting[--count];
            RowCarrier.AddGuarded<TLanes, TVector>(
                ref Unsafe.Add(ref first, other), 0, block, in Unsafe.Add(ref Unsafe.AsRef(in keystream), other >> 3), in level, zero);
        }

        if (at < length)
        {
            RowCarrier.Finish<TLanes, TVector>(
                ref Unsafe.Add(ref first, at), 0, length - at, in Unsafe.Add(ref Unsafe.AsRef(in keystream), at >> 3), in level);
        }

        return true;
    }

    // Methods of their own: in the loop over the blocks the vectors would be spilled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Scan(ref float read, nint block)
    {
        nint count = TLanes.Count;
        TVector max0 = TLanes.Load(ref read, 0);
        TVector max1 = max0;
        TVector max2 = max0;
        TVector max3 = max0;
        TVector bad0 = TLanes.Fill(0f);
        TVector bad1 = bad0;
        TVector bad2 = bad0;
        TVector bad3 = bad0;
        for (nint i = 0; i < block; i += 4 * count)
        {
            Read(ref read, i, ref max0, ref bad0);
            Read(ref read, i + count, ref max1, ref bad1);
            Read(ref read, i + (2 * count), ref max2, ref bad2);
            Read(ref read, i + (3 * count), ref max3, ref bad3);
        }

        return Top(max0, max1, max2, max3, bad0, bad1, bad2, bad3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float ScanAndAdd(
        ref float read, ref float write, nint block, ref readonly byte keystream, float step, uint zero)
    {
        TVector steps = TLanes.Fill(step);
        TVector sign = TLanes.Fill(BitConverter.UInt32BitsToSingle(zero | 0x8000_0000u));
        TVector even = TLanes.Pattern(zero);
        TVector odd = TLanes.Pattern(zero + (uint)TLanes.Count);
        nint count = TLanes.Count;
        TVector max0 = TLanes.Load(ref read, 0);
        TVector max1 = max0;
        TVector max2 = max0;
        TVector max3 = max0;
        TVector bad0 = TLanes.Fill(0f);
        TVector bad1 = bad0;
        TVector bad2 = bad0;
        TVector bad3 = bad0;
        for (nint i = 0; i < block; i += 4 * count)
        {
            TVector bits0 = TLanes.Bits(in keystream, i);
            TVector bits1 = TLanes.Bits(in keystream, i + (2 * count));
            Read(ref read, i, ref max0, ref bad0);
            TLanes.Store(TLanes.Add(TLanes.Load(ref write, i), TLanes.Flip(steps, bits0, even, sign)), ref write, i);
            Read(ref read, i + count, ref max1, ref bad1);
            TLanes.Store(TLanes.Add(TLanes.Load(ref write, i + count), TLanes.Flip(steps, bits0, odd, sign)), ref write, i + count);
            Read(ref read, i + (2 * count), ref max2, ref bad2);
            TLanes.Store(
                TLanes.Add(TLanes.Load(ref write, i + (2 * count)), TLanes.Flip(steps, bits1, even, sign)), ref write, i + (2 * count));
            Read(ref read, i + (3 * count), ref max3, ref bad3);
            TLanes.Store(
                TLanes.Add(TLanes.Load(ref write, i + (3 * count)), TLanes.Flip(steps, bits1, odd, sign)), ref write, i + (3 * count));
        }

        return Top(max0, max1, max2, max3, bad0, bad1, bad2, bad3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(ref float read, nint i, ref TVector max, ref TVector bad)
    {
        TVector value = TLanes.Load(ref read, i);
        max = TLanes.Max(max, value);
        bad = TLanes.Screen(bad, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Top(
        TVector max0, TVector max1, TVector max2, TVector max3, TVector bad0, TVector bad1, TVector bad2, TVector bad3)
    {
        float top = TLanes.MaxOf(TLanes.Max(TLanes.Max(max0, max1), TLanes.Max(max2, max3)));
        return TLanes.NoneNaN(TLanes.Add(TLanes.Add(bad0, bad1), TLanes.Add(bad2, bad3))) ? top : float.NaN;
    }

    private static float ScanRest(ref float first, nint length)
    {
        float max;
        int verdict = length >= TLanes.Count
            ? RowScan.Run<TLanes, TVector>(in first, length, (length >> 2) & -RowCarrier.Grain, out max)
            : RowScan.Run<FloatLanesScalar, float>(in first, length, 0, out max);
        return verdict == RowScan.NonFinite ? float.NaN : max;
    }

    [InlineArray(Waiting)]
    private struct WaitingBlocks
    {
        private nint _first;
    }
}
