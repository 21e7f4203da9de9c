using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Finds where a stretch of a row is largest: a pass over its blocks, and a look at the elements of one.</summary>
internal static class RowPeak<TLanes, TVector>
    where TLanes : struct, IFloatLanes<TVector>
    where TVector : struct
{
    /// <summary>Reads a stretch.</summary>
    /// <param name="stretch">Its first element.</param>
    /// <param name="length">At least one step.</param>
    /// <param name="place">The index of the largest element, the lowest one of equals.</param>
    /// <returns>The largest element; NaN, and no place, if an element is NaN or an infinity.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Find(ref readonly float stretch, nint length, out nint place)
    {
        nint block = 16 * TLanes.Count;
        ref float first = ref Unsafe.AsRef(in stretch);
        TVector bad0 = TLanes.Fill(0f);
        TVector bad1 = bad0;
        TVector bad2 = bad0;
        TVector bad3 = bad0;
        float peak = float.NegativeInfinity;
        nint from = 0;
        nint to = 0;
        for (nint at = 0; at < length;)
        {
            nint end = length - at < 2 * block ? length : at + block;
            float top = Top(ref Unsafe.Add(ref first, at), end - at, ref bad0, ref bad1, ref bad2, ref bad3);
            if (top > peak)
            {
                (peak, from, to) = (top, at, end);
            }

            at = end;
        }

        place = from + PlaceOf(ref Unsafe.Add(ref first, from), to - from, peak);
        return TLanes.NoneNaN(TLanes.Add(TLanes.Add(bad0, bad1), TLanes.Add(bad2, bad3))) ? peak : float.NaN;
    }

    // Backwards and to the end, so that of equals the first remains.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint PlaceOf(ref float first, nint length, float peak)
    {
        TVector all = TLanes.Fill(peak);
        nint place = 0;
        int lane;
        for (nint i = length - TLanes.Count; i > 0; i -= TLanes.Count)
        {
            lane = TLanes.FirstEqual(TLanes.Load(ref first, i), all);
            if (lane < TLanes.Count)
            {
                place = i + lane;
            }
        }

        lane = TLanes.FirstEqual(TLanes.Load(ref first, 0), all);
        return lane < TLanes.Count ? lane : place;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Top(ref float first, nint length, ref TVector bad0, ref TVector bad1, ref TVector bad2, ref TVector bad3)
    {
        nint count = TLanes.Count;

        // The last step comes first and may overlap others: neither the maximum nor the check minds.
        TVector max0 = TLanes.Load(ref first, length - count);
        TVector max1 = max0;
        TVector max2 = max0;
        TVector max3 = max0;
        bad0 = TLanes.Screen(bad0, max0);
        nint i = 0;
        for (; i <= length - (4 * count); i += 4 * count)
        {
            Read(ref first, i, ref max0, ref bad0);
            Read(ref first, i + count, ref max1, ref bad1);
            Read(ref first, i + (2 * count), ref max2, ref bad2);
            Read(ref first, i + (3 * count), ref max3, ref bad3);
        }

        for (; i <= length - count; i += count)
        {
            Read(ref first, i, ref max0, ref bad0);
        }

        return TLanes.MaxOf(TLanes.Max(TLanes.Max(max0, max1), TLanes.Max(max2, max3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(ref float first, nint i, ref TVector max, ref TVector bad)
    {
        TVector value = TLanes.Load(ref first, i);
        max = TLanes.Max(max, value);
        bad = TLanes.Screen(bad, value);
    }
}
