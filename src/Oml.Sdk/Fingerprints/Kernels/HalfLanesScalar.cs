using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>One half a step, by the conversions of the platform: the specification of the wider ones, and what finishes their rows.</summary>
internal readonly struct HalfLanesScalar : IHalfLanes<float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    // Of the pair there is one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref readonly Half row, nint index, out float even, out float odd)
    {
        even = (float)Unsafe.Add(ref Unsafe.AsRef(in row), index) * HalfBits.Scale;
        odd = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float even, float odd, ref Half row, nint index) =>
        Unsafe.Add(ref row, index) = (Half)Math.Clamp(even, -HalfBits.Largest, HalfBits.Largest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float value, float factor) => value * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float value, float factor, float other) => (value * factor) + other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pattern(uint first) => FloatLanesScalar.Pattern(0);
}
