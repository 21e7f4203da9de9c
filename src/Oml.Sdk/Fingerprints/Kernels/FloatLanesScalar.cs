using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>One float a step: the specification of the wider ones, and what finishes their rows.</summary>
internal readonly struct FloatLanesScalar : IFloatLanes<float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(ref readonly float row, nint index) => Unsafe.Add(ref Unsafe.AsRef(in row), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float value, ref float row, nint index) => Unsafe.Add(ref row, index) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fill(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float left, float right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float left, float right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float left, float right) => left > right ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxBits(float left, float right) => MaxBitsOf(left) > MaxBitsOf(right) ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaxBitsOf(float value) => BitConverter.SingleToUInt32Bits(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Magnitude(float value) => MathF.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Screen(float sum, float value) => sum + (value * 0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NoneNaN(float value) => !float.IsNaN(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyEqual(float left, float right) => left == right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstEqual(float left, float right) => left == right ? 0 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Bits(ref readonly byte keystream, nint element) => BitConverter.UInt32BitsToSingle(
        (uint)Unsafe.ReadUnaligned<ushort>(in Unsafe.Add(ref Unsafe.AsRef(in keystream), element >> 3)) >> (int)(element & 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pattern(uint first) => BitConverter.UInt32BitsToSingle(first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Flip(float step, float bits, float pattern, float sign)
    {
        uint bit = (BitConverter.SingleToUInt32Bits(bits) >> (int)BitConverter.SingleToUInt32Bits(pattern)) & 1;
        return bit == 0 ? step : -step;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Guard(float value, float maximum, float top, float marked) => value < maximum ? marked : top;
}
