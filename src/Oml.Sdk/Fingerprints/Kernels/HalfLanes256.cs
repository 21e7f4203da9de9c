using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Sixteen halves a step.</summary>
internal readonly struct HalfLanes256 : IHalfLanes<Vector256<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<short>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref readonly Half row, nint index, out Vector256<float> even, out Vector256<float> odd)
    {
        Vector256<int> pairs = Vector256.LoadUnsafe(in Unsafe.As<Half, short>(ref Unsafe.AsRef(in row)), (nuint)index).AsInt32();
        Vector256<int> kept = Vector256.Create(HalfBits.Kept);
        even = (((pairs << 16) >> 3) & kept).AsSingle();
        odd = ((pairs >> 3) & kept).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> even, Vector256<float> odd, ref Half row, nint index)
    {
        Vector256<short> magnitudes = Avx2.Blend(Round(even).AsInt16(), (Round(odd) << 16).AsInt16(), 0b1010_1010);
        Vector256<short> signs = Avx2.Blend((even.AsUInt32() >> 16).AsInt16(), odd.AsInt16(), 0b1010_1010);
        (magnitudes | (signs & Vector256.Create(short.MinValue))).StoreUnsafe(ref Unsafe.As<Half, short>(ref row), (nuint)index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> value, Vector256<float> factor) => MultiplyAdd(value, factor, Vector256.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> value, Vector256<float> factor, Vector256<float> other) =>
        Vector256.MultiplyAddEstimate(value, factor, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pattern(uint first) =>
        (Vector256.Create(31u, 29, 27, 25, 23, 21, 19, 17) - Vector256.Create(first)).AsSingle();

    // As HalfLanes512 does it; what it looks up is computed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<float> value)
    {
        Vector256<float> magnitude = Vector256.MinNative(Vector256.Abs(value), Vector256.Create(HalfBits.Largest));
        Vector256<uint> power = Vector256.Max(magnitude.AsUInt32() & Vector256.Create(HalfBits.Exponent), Vector256.Create(HalfBits.LeastPower));
        return (magnitude + (power + Vector256.Create(HalfBits.Shift)).AsSingle()).AsUInt32() + (power >> 13);
    }
}
