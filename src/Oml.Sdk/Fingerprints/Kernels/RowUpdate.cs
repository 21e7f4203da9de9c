using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Multiplies the elements of a row and adds the carrier, every operation rounded to binary32.</summary>
internal static class RowUpdate
{
    // Elements: a few blocks fit in the first-level cache, and each is long enough for the processor to read ahead.
    private const int Block = 4096;

    /// <summary>Every element y becomes (y · factor) + s · step.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">What it is multiplied by.</param>
    /// <param name="step">What is added or taken away.</param>
    public static void ScaleAndAdd(Span<float> row, ReadOnlySpan<byte> signs, float factor, float step) =>
        Run<ScalingAndAddition>(row, signs, factor, step, 0, 0);

    /// <summary>Every element y becomes y · (factor + s · step).</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">The mean factor.</param>
    /// <param name="step">By how much the factors of the two signs differ from it.</param>
    public static void Scale(Span<float> row, ReadOnlySpan<byte> signs, float factor, float step) =>
        Run<Scaling>(row, signs, factor, step, 0, 0);

    /// <summary>Likewise, but elements that are not less than the maximum become the top.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">The mean factor.</param>
    /// <param name="step">By how much the factors of the two signs differ from it.</param>
    /// <param name="maximum">The largest element.</param>
    /// <param name="top">What it becomes.</param>
    /// <param name="start">A multiple of 8, before which it is not.</param>
    /// <param name="end">A multiple of 8 or the end of the row, from where on it is not.</param>
    public static void Scale(
        Span<float> row, ReadOnlySpan<byte> signs, float factor, float step, float maximum, float top, int start, int end)
    {
        Run<Scaling>(row[end..], signs[(end >> 3)..], factor, step, 0, 0);
        Run<GuardedScaling>(row[start..end], signs[(start >> 3)..], factor, step, maximum, top);
        Run<Scaling>(row[..start], signs, factor, step, 0, 0);
    }

    private static void Run<TKind>(Span<float> row, ReadOnlySpan<byte> signs, float factor, float step, float maximum, float top)
        where TKind : struct, IKind
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        ref readonly byte bits = ref MemoryMarshal.GetReference(signs);
        nint done = 0;
        if (Vector512.IsHardwareAccelerated && done < row.Length)
        {
            done = Run<TKind, FloatLanes512, Vector512<float>>(ref first, done, row.Length, in bits, factor, step, maximum, top, 0);
        }

        if (Vector256.IsHardwareAccelerated && done < row.Length)
        {
            done = Run<TKind, FloatLanes256, Vector256<float>>(ref first, done, row.Length, in bits, factor, step, maximum, top, 0);
        }

        if (Vector128.IsHardwareAccelerated && done < row.Length)
        {
            done = Run<TKind, FloatLanes128, Vector128<float>>(ref first, done, row.Length, in bits, factor, step, maximum, top, 0);
        }

        if (done < row.Length)
        {
            Run<TKind, FloatLanesScalar, float>(ref first, done, row.Length, in bits, factor, step, maximum, top, 0);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Run<TKind, TLanes, TVector>(
        ref float first,
        nint i,
        nint length,
        ref readonly byte keystream,
        float factor,
        float step,
        float maximum,
        float top,
        uint zero)
        where TKind : struct, IKind
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        nint count = TLanes.Count;
        TVector steps = TLanes.Fill(step);
        TVector sign = TLanes.Fill(BitConverter.UInt32BitsToSingle(zero | 0x8000_0000u));
        TVector factors = TLanes.Fill(factor);
        TVector maxes = TLanes.Fill(maximum);
        TVector tops = TLanes.Fill(top);
        TVector even = TLanes.Pattern(zero);
        TVector odd = TLanes.Pattern(zero + (uint)count);

        // The blocks from the last on, as that is what the pass before this one has left in the nearest cache.
        nint rest = i + ((length - i) & -(4 * count));
        for (nint end = rest; end > i;)
        {
            nint start = nint.Max(end - Block, i);
            for (nint j = start; j < end; j += 4 * count)
            {
                TVector bits0 = TLanes.Bits(in keystream, j);
                TVector bits1 = TLanes.Bits(in keystream, j + (2 * count));
                TVector v0 = TLanes.Load(ref first, j);
                TVector v1 = TLanes.Load(ref first, j + count);
                TVector v2 = TLanes.Load(ref first, j + (2 * count));
                TVector v3 = TLanes.Load(ref first, j + (3 * count));
                v0 = TKind.Apply<TLanes, TVector>(v0, factors, TLanes.Flip(steps, bits0, even, sign), maxes, tops);
                v1 = TKind.Apply<TLanes, TVector>(v1, factors, TLanes.Flip(steps, bits0, odd, sign), maxes, tops);
                v2 = TKind.Apply<TLanes, TVector>(v2, factors, TLanes.Flip(steps, bits1, even, sign), maxes, tops);
                v3 = TKind.Apply<TLanes, TVector>(v3, factors, TLanes.Flip(steps, bits1, odd, sign), maxes, tops);
                TLanes.Store(v0, ref first, j);
                TLanes.Store(v1, ref first, j + count);
                TLanes.Store(v2, ref first, j + (2 * count));
                TLanes.Store(v3, ref first, j + (3 * count));
            }

            end = start;
        }

        for (i = rest; i <= length - count; i += count)
        {
            TVector signed = TLanes.Flip(steps, TLanes.Bits(in keystream, i), even, sign);
            TLanes.Store(TKind.Apply<TLanes, TVector>(TLanes.Load(ref first, i), factors, signed, maxes, tops), ref first, i);
        }

        return i;
    }

    private interface IKind
    {
        static abstract TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct;
    }

    private readonly struct ScalingAndAddition : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct => TLanes.Add(TLanes.Multiply(value, factor), signed);
    }

    private readonly struct Scaling : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct => TLanes.Multiply(value, TLanes.Add(factor, signed));
    }

    private readonly struct GuardedScaling : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct => TLanes.Guard(value, maximum, top, TLanes.Multiply(value, TLanes.Add(factor, signed)));
    }
}
