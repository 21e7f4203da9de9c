using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>
/// Multiplies the elements of a row of halves and adds the carrier, every operation rounded to binary32, and the result to binary16.
/// Between the two it is in registers alone.
/// </summary>
internal static class HalfUpdate
{
    /// <summary>Every element y becomes y + s · step; those that are not less than the maximum become the top.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="step">What is added or taken away.</param>
    /// <param name="maximum">The largest element.</param>
    /// <param name="top">What it becomes.</param>
    public static void Add(Span<Half> row, ReadOnlySpan<byte> signs, float step, float maximum, float top) =>
        Run<Addition>(row, signs, new Numbers(HalfBits.Unscale, step, maximum * HalfBits.Scale, top));

    /// <summary>Every element y becomes (y · factor) + s · step.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">What it is multiplied by.</param>
    /// <param name="step">What is added or taken away.</param>
    public static void ScaleAndAdd(Span<Half> row, ReadOnlySpan<byte> signs, float factor, float step) =>
        Run<ScaledAddition>(row, signs, new Numbers(factor * HalfBits.Unscale, step, 0, 0));

    /// <summary>Every element y becomes y · (factor + s · step).</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">The mean factor.</param>
    /// <param name="step">By how much the factors of the two signs differ from it.</param>
    public static void Scale(Span<Half> row, ReadOnlySpan<byte> signs, float factor, float step) =>
        Run<Multiplication>(row, signs, new Numbers(factor * HalfBits.Unscale, step * HalfBits.Unscale, 0, 0));

    /// <summary>The same, but elements that are not less than the maximum become the top.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="factor">The mean factor.</param>
    /// <param name="step">By how much the factors of the two signs differ from it.</param>
    /// <param name="maximum">The largest element.</param>
    /// <param name="top">What it becomes.</param>
    public static void Scale(Span<Half> row, ReadOnlySpan<byte> signs, float factor, float step, float maximum, float top) =>
        Run<GuardedMultiplication>(
            row, signs, new Numbers(factor * HalfBits.Unscale, step * HalfBits.Unscale, maximum * HalfBits.Scale, top));

    private static void Run<TKind>(Span<Half> row, ReadOnlySpan<byte> signs, in Numbers numbers)
        where TKind : struct, IKind
    {
        ref Half first = ref MemoryMarshal.GetReference(row);
        ref readonly byte bits = ref MemoryMarshal.GetReference(signs);
        nint done = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            done = Run<TKind, HalfLanes512, FloatLanes512, Vector512<float>>(ref first, done, row.Length, in bits, in numbers, 0);
        }

        if (Vector256.IsHardwareAccelerated && done < row.Length)
        {
            done = Run<TKind, HalfLanes256, FloatLanes256, Vector256<float>>(ref first, done, row.Length, in bits, in numbers, 0);
        }

        if (Vector128.IsHardwareAccelerated && done < row.Length)
        {
            done = Run<TKind, HalfLanes128, FloatLanes128, Vector128<float>>(ref first, done, row.Length, in bits, in numbers, 0);
        }

        if (done < row.Length)
        {
            Run<TKind, HalfLanesScalar, FloatLanesScalar, float>(ref first, done, row.Length, in bits, in numbers, 0);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Run<TKind, THalves, TFloats, TVector>(
        ref Half first, nint i, nint length, ref readonly byte keystream, in Numbers numbers, uint zero)
        where TKind : struct, IKind
        where THalves : struct, IHalfLanes<TVector>
        where TFloats : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        TVector factor = TFloats.Fill(numbers.Factor);
        TVector step = TFloats.Fill(numbers.Step);
        TVector maximum = TFloats.Fill(numbers.Maximum);
        TVector top = TFloats.Fill(numbers.Top);
        TVector sign = TFloats.Fill(BitConverter.UInt32BitsToSingle(zero | 0x8000_0000u));
        TVector evens = THalves.Pattern(zero);
        TVector odds = THalves.Pattern(zero + 1);
        for (; i <= length - THalves.Count; i += THalves.Count)
        {
            TVector bits = TFloats.Bits(in keystream, i);
            THalves.Load(in first, i, out TVector even, out TVector odd);
            even = TKind.Apply<THalves, TFloats, TVector>(even, factor, TFloats.Flip(step, bits, evens, sign), maximum, top);
            odd = TKind.Apply<THalves, TFloats, TVector>(odd, factor, TFloats.Flip(step, bits, odds, sign), maximum, top);
            THalves.Store(even, odd, ref first, i);
        }

        return i;
    }

    private interface IKind
    {
        static abstract TVector Apply<THalves, TFloats, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where THalves : struct, IHalfLanes<TVector>
            where TFloats : struct, IFloatLanes<TVector>
            where TVector : struct;
    }

    // Maximum and factors are those of elements as they are read, which are scaled.
    private readonly record struct Numbers(float Factor, float Step, float Maximum, float Top);

    private readonly struct Addition : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<THalves, TFloats, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where THalves : struct, IHalfLanes<TVector>
            where TFloats : struct, IFloatLanes<TVector>
            where TVector : struct => TFloats.Guard(value, maximum, top, THalves.MultiplyAdd(value, factor, signed));
    }

    private readonly struct ScaledAddition : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<THalves, TFloats, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where THalves : struct, IHalfLanes<TVector>
            where TFloats : struct, IFloatLanes<TVector>
            where TVector : struct => TFloats.Add(THalves.Multiply(value, factor), signed);
    }

    private readonly struct Multiplication : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<THalves, TFloats, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where THalves : struct, IHalfLanes<TVector>
            where TFloats : struct, IFloatLanes<TVector>
            where TVector : struct => THalves.Multiply(value, TFloats.Add(factor, signed));
    }

    private readonly struct GuardedMultiplication : IKind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<THalves, TFloats, TVector>(TVector value, TVector factor, TVector signed, TVector maximum, TVector top)
            where THalves : struct, IHalfLanes<TVector>
            where TFloats : struct, IFloatLanes<TVector>
            where TVector : struct => TFloats.Guard(value, maximum, top, THalves.Multiply(value, TFloats.Add(factor, signed)));
    }
}
