using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Thirty-two halves a step.</summary>
internal readonly struct HalfLanes512 : IHalfLanes<Vector512<float>>
{
    // The smaller magnitude of two, as a positive number.
    private const byte SmallerMagnitude = 0b1010;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<short>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref readonly Half row, nint index, out Vector512<float> even, out Vector512<float> odd)
    {
        Vector512<int> pairs = Vector512.LoadUnsafe(in Unsafe.As<Half, short>(ref Unsafe.AsRef(in row)), (nuint)index).AsInt32();
        Vector512<int> kept = Vector512.Create(HalfBits.Kept);
        even = (((pairs << 16) >> 3) & kept).AsSingle();
        odd = ((pairs >> 3) & kept).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> even, Vector512<float> odd, ref Half row, nint index)
    {
        Vector512<uint> upper = Vector512.Create(0xffff_0000u);
        Vector512<uint> magnitudes = Vector512.ConditionalSelect(upper, Round(odd) << 16, Round(even));
        Vector512<uint> signs = Vector512.ConditionalSelect(upper, odd.AsUInt32(), even.AsUInt32() >> 16);
        Vector512.ConditionalSelect(Vector512.Create(0x8000_8000u), signs, magnitudes).AsInt16()
            .StoreUnsafe(ref Unsafe.As<Half, short>(ref row), (nuint)index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> value, Vector512<float> factor) => MultiplyAdd(value, factor, Vector512.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> value, Vector512<float> factor, Vector512<float> other) =>
        Vector512.MultiplyAddEstimate(value, factor, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pattern(uint first) =>
        (Vector512.Create(31u, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1) - Vector512.Create(first)).AsSingle();

    // The bits of the magnitude are the low 16 ones. What is added for a power of two is 2^13 times larger, so that the sum keeps 11 bits, rounded
    // as the processor rounds; and in the bits that are kept it has the exponent already.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Round(Vector512<float> value)
    {
        Vector512<float> magnitude = Avx512DQ.Range(value, Vector512.Create(HalfBits.Largest), SmallerMagnitude);
        Vector512<uint> power = Vector512.Max(magnitude.AsUInt32(), Vector512.Create(HalfBits.LeastPower)) >> 23;
        Vector512<uint> steps = Vector512<uint>.Indices * 0x0080_0400u;
        Vector512<uint> low = steps + Vector512.Create(0x4680_3c00u);
        Vector512<uint> high = steps + Vector512.Create(0x3e7f_fc00u);
        return (magnitude + Avx512F.PermuteVar16x32x2(low, power, high).AsSingle()).AsUInt32();
    }
}
