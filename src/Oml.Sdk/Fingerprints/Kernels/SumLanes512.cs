using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Eight numbers of binary64.</summary>
internal readonly struct SumLanes512 : ISumLanes<Vector512<double>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<double>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(ref readonly float row, nint index) =>
        Avx512F.ConvertToVector512Double(Vector256.LoadUnsafe(in row, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Fill(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddSquare(Vector512<double> sum, Vector512<double> value) => Vector512.FusedMultiplyAdd(value, value, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Bits(ref readonly byte keystream, nint element) =>
        Vector512.Create(Unsafe.ReadUnaligned<double>(in Unsafe.Add(ref Unsafe.AsRef(in keystream), element >> 3)));

    // How far the bit of lane k is from the sign position.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Pattern(uint first) =>
        (Vector512.Create(63ul, 62, 61, 60, 59, 58, 57, 56) - Vector512.Create((ulong)first)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Flip(Vector512<double> value, Vector512<double> bits, Vector512<double> pattern, Vector512<double> sign) =>
        value ^ (Avx512F.ShiftLeftLogicalVariable(bits.AsUInt64(), pattern.AsUInt64()).AsDouble() & sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Total(Vector512<double> sum) => SumLanes256.Total(sum.GetLower() + sum.GetUpper());
}
