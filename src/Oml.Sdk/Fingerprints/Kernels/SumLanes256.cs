using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Four numbers of binary64.</summary>
internal readonly struct SumLanes256 : ISumLanes<Vector256<double>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<double>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(ref readonly float row, nint index) =>
        Avx.ConvertToVector256Double(Vector128.LoadUnsafe(in row, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Fill(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquare(Vector256<double> sum, Vector256<double> value) => Vector256.FusedMultiplyAdd(value, value, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Bits(ref readonly byte keystream, nint element) =>
        Vector256.Create(Unsafe.ReadUnaligned<double>(in Unsafe.Add(ref Unsafe.AsRef(in keystream), element >> 3)));

    // How far the bit of lane k is from the sign position.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Pattern(uint first) => (Vector256.Create(63ul, 62, 61, 60) - Vector256.Create((ulong)first)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Flip(Vector256<double> value, Vector256<double> bits, Vector256<double> pattern, Vector256<double> sign) =>
        value ^ (Avx2.ShiftLeftLogicalVariable(bits.AsUInt64(), pattern.AsUInt64()).AsDouble() & sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Total(Vector256<double> sum)
    {
        Vector128<double> half = sum.GetLower() + sum.GetUpper();
        return half[0] + half[1];
    }
}
