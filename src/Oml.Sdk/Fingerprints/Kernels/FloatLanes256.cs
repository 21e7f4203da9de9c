using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Eight floats a step.</summary>
internal readonly struct FloatLanes256 : IFloatLanes<Vector256<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<float>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ref readonly float row, nint index) => Vector256.LoadUnsafe(in row, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, ref float row, nint index) => value.StoreUnsafe(ref row, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fill(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> left, Vector256<float> right) => Vector256.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector256<float> value) =>
        FloatLanes128.MaxOf(Vector128.MaxNative(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MaxBits(Vector256<float> left, Vector256<float> right) =>
        Vector256.Max(left.AsUInt32(), right.AsUInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaxBitsOf(Vector256<float> value) =>
        FloatLanes128.MaxBitsOf(FloatLanes128.MaxBits(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Magnitude(Vector256<float> value) => Vector256.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Screen(Vector256<float> sum, Vector256<float> value) =>
        Vector256.MultiplyAddEstimate(value, Vector256<float>.Zero, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NoneNaN(Vector256<float> value) => Vector256.EqualsAll(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyEqual(Vector256<float> left, Vector256<float> right) => Vector256.EqualsAny(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstEqual(Vector256<float> left, Vector256<float> right) =>
        BitOperations.TrailingZeroCount(Vector256.Equals(left, right).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Bits(ref readonly byte keystream, nint element) =>
        Vector256.Create(Unsafe.ReadUnaligned<float>(in Unsafe.Add(ref Unsafe.AsRef(in keystream), element >> 3)));

    // How far the bit of lane k is from the sign position.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pattern(uint first) =>
        (Vector256.Create(31u, 30, 29, 28, 27, 26, 25, 24) - Vector256.Create(first)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Flip(Vector256<float> step, Vector256<float> bits, Vector256<float> pattern, Vector256<float> sign) =>
        step ^ (Avx2.ShiftLeftLogicalVariable(bits.AsUInt32(), pattern.AsUInt32()).AsSingle() & sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Guard(
        Vector256<float> value, Vector256<float> maximum, Vector256<float> top, Vector256<float> marked) =>
        Vector256.ConditionalSelect(Vector256.LessThan(value, maximum), marked, top);
}
