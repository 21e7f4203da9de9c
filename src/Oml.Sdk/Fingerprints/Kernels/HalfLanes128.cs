using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Eight halves a step.</summary>
internal readonly struct HalfLanes128 : IHalfLanes<Vector128<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<short>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref readonly Half row, nint index, out Vector128<float> even, out Vector128<float> odd)
    {
        Vector128<int> pairs = Vector128.LoadUnsafe(in Unsafe.As<Half, short>(ref Unsafe.AsRef(in row)), (nuint)index).AsInt32();
        Vector128<int> kept = Vector128.Create(HalfBits.Kept);
        even = (((pairs << 16) >> 3) & kept).AsSingle();
        odd = ((pairs >> 3) & kept).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> even, Vector128<float> odd, ref Half row, nint index)
    {
        Vector128<uint> upper = Vector128.Create(0xffff_0000u);
        Vector128<uint> magnitudes = (Round(odd) << 16) | Vector128.AndNot(Round(even), upper);
        Vector128<uint> signs = (odd.AsUInt32() & upper) | (even.AsUInt32() >> 16);
        (magnitudes | (signs & Vector128.Create(0x8000_8000u))).AsInt16().StoreUnsafe(ref Unsafe.As<Half, short>(ref row), (nuint)index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> value, Vector128<float> factor) => MultiplyAdd(value, factor, Vector128.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> value, Vector128<float> factor, Vector128<float> other) =>
        Vector128.MultiplyAddEstimate(value, factor, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Pattern(uint first) => (Vector128.Create(1u, 4, 16, 64) << (int)first).AsSingle();

    // As HalfLanes256 does it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Round(Vector128<float> value)
    {
        Vector128<float> magnitude = Vector128.MinNative(Vector128.Abs(value), Vector128.Create(HalfBits.Largest));
        Vector128<uint> power = Vector128.Max(magnitude.AsUInt32() & Vector128.Create(HalfBits.Exponent), Vector128.Create(HalfBits.LeastPower));
        return (magnitude + (power + Vector128.Create(HalfBits.Shift)).AsSingle()).AsUInt32() + (power >> 13);
    }
}
