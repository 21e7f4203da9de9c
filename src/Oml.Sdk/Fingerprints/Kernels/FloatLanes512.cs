using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Sixteen floats a step.</summary>
internal readonly struct FloatLanes512 : IFloatLanes<Vector512<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<float>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref readonly float row, nint index) => Vector512.LoadUnsafe(in row, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, ref float row, nint index) => value.StoreUnsafe(ref row, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fill(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> left, Vector512<float> right) => Vector512.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector512<float> value) =>
        FloatLanes256.MaxOf(Vector256.MaxNative(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MaxBits(Vector512<float> left, Vector512<float> right) =>
        Vector512.Max(left.AsUInt32(), right.AsUInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaxBitsOf(Vector512<float> value) =>
        FloatLanes256.MaxBitsOf(FloatLanes256.MaxBits(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Magnitude(Vector512<float> value) => Vector512.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Screen(Vector512<float> sum, Vector512<float> value) =>
        Vector512.MultiplyAddEstimate(value, Vector512<float>.Zero, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NoneNaN(Vector512<float> value) => Vector512.EqualsAll(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyEqual(Vector512<float> left, Vector512<float> right) => Vector512.EqualsAny(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstEqual(Vector512<float> left, Vector512<float> right) =>
        BitOperations.TrailingZeroCount(Vector512.Equals(left, right).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Bits(ref readonly byte keystream, nint element) =>
        Vector512.Create(Unsafe.ReadUnaligned<float>(in Unsafe.Add(ref Unsafe.AsRef(in keystream), element >> 3)));

    // How far the bit of lane k is from the sign position.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pattern(uint first) =>
        (Vector512.Create(31u, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16) - Vector512.Create(first)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Flip(Vector512<float> step, Vector512<float> bits, Vector512<float> pattern, Vector512<float> sign) =>
        step ^ (Avx512F.ShiftLeftLogicalVariable(bits.AsUInt32(), pattern.AsUInt32()).AsSingle() & sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Guard(
        Vector512<float> value, Vector512<float> maximum, Vector512<float> top, Vector512<float> marked) =>
        Vector512.ConditionalSelect(Vector512.LessThan(value, maximum), marked, top);
}
