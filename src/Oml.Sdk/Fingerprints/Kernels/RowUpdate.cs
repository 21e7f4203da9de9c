using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Multiplies the elements of a row and adds the carrier, every operation rounded to binary32.</summary>
internal static class RowUpdate
{
    /// <summary>Every element y becomes (y · factor) + s · step.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">What it is multiplied by.</param>
    /// <param name="step">What is added or taken away.</param>
    public static void ScaleAndAdd(Span<float> row, ReadOnlySpan<byte> signs, float factor, float step) =>
        Run<Addition>(row, signs, factor, step, float.PositiveInfinity, 0);

    /// <summary>Every element y becomes y · (factor + s · step); those that are not less than the maximum become the top.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">The mean factor.</param>
    /// <param name="step">By how much the factors of the two signs differ from it.</param>
    /// <param name="maximum">The largest element.</param>
    /// <param name="top">What it becomes.</param>
    public static void Scale(Span<float> row, ReadOnlySpan<byte> signs, float factor, float step, float maximum, float top) =>
        Run<Multiplication>(row, signs, factor, step, maximum, top);

    private static void Run<TKind>(Span<float> row, ReadOnlySpan<byte> signs, float factor, float step, float maximum, float top)
        where TKind : struct, IKind
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        ref readonly byte bits = ref MemoryMarshal.GetReference(signs);
        nint done = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            done = Run<TKind, FloatLanes512, Vector512<float>>(ref first, done, row.Length, in bits, factor, step, maximum, top);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            done = Run<TKind, FloatLanes256, Vector256<float>>(ref first, done, row.Length, in bits, factor, step, maximum, top);
        }

        if (Vector128.IsHardwareAccelerated)
        {
            done = Run<TKind, FloatLanes128, Vector128<float>>(ref first, done, row.Length, in bits, factor, step, maximum, top);
        }

        Run<TKind, FloatLanesScalar, float>(ref first, done, row.Length, in bits, factor, step, maximum, top);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Run<TKind, TLanes, TVector>(
        ref float first, nint i, nint length, ref readonly byte keystream, float factor, float step, float maximum, float top)
        where TKind : struct, IKind
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        TVector factors = TLanes.Fill(factor);
        TVector steps = TLanes.Fill(step);
        TVector maxes = TLanes.Fill(maximum);
        TVector tops = TLanes.Fill(top);
        TVector sign = TLanes.Fill(-0f);
        TVector pattern = TLanes.Pattern(0);
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            TVector value = TLanes.Load(ref first, i);
            TVector signed = TLanes.Flip(steps, TLanes.Bits(in keystream, i), pattern, sign);
            TLanes.Store(TKind.Apply<TLanes, TVector>(value, factors, signed, maxes, tops), ref first, i);
        }

        return i;
    }

    private interface IKind
    {
        static abstract TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct;
    }

    private readonly struct Addition : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct => TLanes.Add(TLanes.Multiply(value, factor), signed);
    }

    private readonly struct Multiplication : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where TLanes : struct, IFloatLanes<TVector>
            where TVector : struct => TLanes.Guard(value, maximum, top, TLanes.Multiply(value, TLanes.Add(factor, signed)));
    }
}
