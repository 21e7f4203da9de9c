using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Adds the carrier to a stretch of a row.</summary>
internal static class RowCarrier
{
    /// <summary>Elements at which a stretch may begin or end within a row: four of the widest steps.</summary>
    public const int Grain = 64;

    /// <summary>Adds the carrier to a whole stretch.</summary>
    /// <param name="first">The first element.</param>
    /// <param name="length">Elements.</param>
    /// <param name="keystream">A bit for each, and eight bytes more that are readable.</param>
    /// <param name="level">The numbers of the row.</param>
    /// <param name="guard">Whether the row's largest element may be here.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TLanes, TVector>(ref float first, nint length, ref readonly byte keystream, in RowLevel level, bool guard)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        nint done = guard
            ? AddGuarded<TLanes, TVector>(ref first, 0, length, in keystream, in level, 0)
            : AddFree<TLanes, TVector>(ref first, length, in keystream, level.Step, 0);
        if (done < length)
        {
            Finish<TLanes, TVector>(ref first, done, length, in keystream, in level);
        }
    }

    /// <summary>Finishes a stretch in steps that get narrower.</summary>
    public static void Finish<TLanes, TVector>(
        ref float first, nint done, nint length, ref readonly byte keystream, in RowLevel level)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        done = AddGuarded<TLanes, TVector>(ref first, done, length, in keystream, in level, 0);
        if (Vector256.IsHardwareAccelerated && TLanes.Count > FloatLanes256.Count)
        {
            done = AddGuarded<FloatLanes256, Vector256<float>>(ref first, done, length, in keystream, in level, 0);
        }

        if (Vector128.IsHardwareAccelerated && TLanes.Count > FloatLanes128.Count)
        {
            done = AddGuarded<FloatLanes128, Vector128<float>>(ref first, done, length, in keystream, in level, 0);
        }

        AddGuarded<FloatLanesScalar, float>(ref first, done, length, in keystream, in level, 0);
    }

    /// <summary>Adds the carrier where the row's largest element is not, in four steps at a time.</summary>
    /// <param name="first">The first element.</param>
    /// <param name="length">Elements.</param>
    /// <param name="keystream">A bit for each, and eight bytes more that are readable.</param>
    /// <param name="step">The amplitude.</param>
    /// <param name="zero">0. A constant would be loaded again in every turn; what the compiler cannot see stays in a register.</param>
    /// <returns>How many elements were done.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint AddFree<TLanes, TVector>(ref float first, nint length, ref readonly byte keystream, float step, uint zero)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        nint count = TLanes.Count;
        TVector steps = TLanes.Fill(step);
        TVector sign = TLanes.Fill(BitConverter.UInt32BitsToSingle(zero | 0x8000_0000u));
        TVector even = TLanes.Pattern(zero);
        TVector odd = TLanes.Pattern(zero + (uint)count);
        nint i = 0;
        for (; i <= length - (4 * count); i += 4 * count)
        {
            TVector bits0 = TLanes.Bits(in keystream, i);
            TVector bits1 = TLanes.Bits(in keystream, i + (2 * count));
            TVector v0 = TLanes.Add(TLanes.Load(ref first, i), TLanes.Flip(steps, bits0, even, sign));
            TVector v1 = TLanes.Add(TLanes.Load(ref first, i + count), TLanes.Flip(steps, bits0, odd, sign));
            TVector v2 = TLanes.Add(TLanes.Load(ref first, i + (2 * count)), TLanes.Flip(steps, bits1, even, sign));
            TVector v3 = TLanes.Add(TLanes.Load(ref first, i + (3 * count)), TLanes.Flip(steps, bits1, odd, sign));
            TLanes.Store(v0, ref first, i);
            TLanes.Store(v1, ref first, i + count);
            TLanes.Store(v2, ref first, i + (2 * count));
            TLanes.Store(v3, ref first, i + (3 * count));
        }

        return i;
    }

    /// <summary>Adds the carrier and lifts the row's largest element above whatever rounding could tie with it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint AddGuarded<TLanes, TVector>(
        ref float first, nint i, nint length, ref readonly byte keystream, in RowLevel level, uint zero)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        nint count = TLanes.Count;
        TVector steps = TLanes.Fill(level.Step);
        TVector maxes = TLanes.Fill(level.Max);
        TVector tops = TLanes.Fill(level.Top);
        TVector sign = TLanes.Fill(BitConverter.UInt32BitsToSingle(zero | 0x8000_0000u));
        TVector even = TLanes.Pattern(zero);
        TVector odd = TLanes.Pattern(zero + (uint)count);
        if (i == 0)
        {
            for (; i <= length - (4 * count); i += 4 * count)
            {
                TVector bits0 = TLanes.Bits(in keystream, i);
                TVector bits1 = TLanes.Bits(in keystream, i + (2 * count));
                TVector v0 = TLanes.Load(ref first, i);
                TVector v1 = TLanes.Load(ref first, i + count);
                TVector v2 = TLanes.Load(ref first, i + (2 * count));
                TVector v3 = TLanes.Load(ref first, i + (3 * count));
                TLanes.Store(TLanes.Guard(v0, maxes, tops, TLanes.Add(v0, TLanes.Flip(steps, bits0, even, sign))), ref first, i);
                TLanes.Store(TLanes.Guard(v1, maxes, tops, TLanes.Add(v1, TLanes.Flip(steps, bits0, odd, sign))), ref first, i + count);
                TLanes.Store(
                    TLanes.Guard(v2, maxes, tops, TLanes.Add(v2, TLanes.Flip(steps, bits1, even, sign))), ref first, i + (2 * count));
                TLanes.Store(
                    TLanes.Guard(v3, maxes, tops, TLanes.Add(v3, TLanes.Flip(steps, bits1, odd, sign))), ref first, i + (3 * count));
            }
        }

        for (; i <= length - count; i += count)
        {
            TVector value = TLanes.Load(ref first, i);
            TVector marked = TLanes.Add(value, TLanes.Flip(steps, TLanes.Bits(in keystream, i), even, sign));
            TLanes.Store(TLanes.Guard(value, maxes, tops, marked), ref first, i);
        }

        return i;
    }
}
