using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Four floats a step.</summary>
internal readonly struct FloatLanes128 : IFloatLanes<Vector128<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<float>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(ref readonly float row, nint index) => Vector128.LoadUnsafe(in row, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, ref float row, nint index) => value.StoreUnsafe(ref row, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fill(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> left, Vector128<float> right) => Vector128.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector128<float> value)
    {
        Vector128<float> pairs = Vector128.MaxNative(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MaxBits(Vector128<float> left, Vector128<float> right) =>
        Vector128.Max(left.AsUInt32(), right.AsUInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaxBitsOf(Vector128<float> value)
    {
        Vector128<float> pairs = MaxBits(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 0, 1)));
        return MaxBits(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).AsUInt32().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Magnitude(Vector128<float> value) => Vector128.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Screen(Vector128<float> sum, Vector128<float> value) =>
        Vector128.MultiplyAddEstimate(value, Vector128<float>.Zero, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NoneNaN(Vector128<float> value) => Vector128.EqualsAll(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyEqual(Vector128<float> left, Vector128<float> right) => Vector128.EqualsAny(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstEqual(Vector128<float> left, Vector128<float> right) =>
        BitOperations.TrailingZeroCount(Vector128.Equals(left, right).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Bits(ref readonly byte keystream, nint element) =>
        Vector128.Create((uint)Unsafe.Add(ref Unsafe.AsRef(in keystream), element >> 3) >> (int)(element & 4)).AsSingle();

    // SSE has no shift by a different count per lane, so each lane looks at its own bit of the word.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Pattern(uint first) => (Vector128.Create(1u, 2, 4, 8) << (int)first).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Flip(
        Vector128<float> step, Vector128<float> bits, Vector128<float> pattern, Vector128<float> sign)
    {
        Vector128<uint> own = pattern.AsUInt32();
        return step ^ (Vector128.Equals(bits.AsUInt32() & own, own).AsSingle() & sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Guard(
        Vector128<float> value, Vector128<float> maximum, Vector128<float> top, Vector128<float> marked) =>
        Vector128.ConditionalSelect(Vector128.LessThan(value, maximum), marked, top);
}
