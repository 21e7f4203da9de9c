using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Benchmarks.Fingerprints;

/// <summary>The least that a mark of some kinds must do with a row, and nothing else: what the kernels are near to, or not.</summary>
/// <remarks>Rows are whole multiples of 64 floats; every factor is 1. For processors with vectors of 512 bits.</remarks>
internal static class LeastWork
{
    private const int Step = 16;

    /// <summary>Whether this machine can run it.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>The largest element, and a product: what has to know something of the whole row before it writes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MaxAndScale(Span<float> row)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        Vector512<float> max0 = Vector512.LoadUnsafe(ref first);
        Vector512<float> max1 = max0;
        Vector512<float> max2 = max0;
        Vector512<float> max3 = max0;
        for (nuint i = 0; i < (nuint)row.Length; i += 4 * Step)
        {
            max0 = Vector512.MaxNative(max0, Vector512.LoadUnsafe(ref first, i));
            max1 = Vector512.MaxNative(max1, Vector512.LoadUnsafe(ref first, i + Step));
            max2 = Vector512.MaxNative(max2, Vector512.LoadUnsafe(ref first, i + (2 * Step)));
            max3 = Vector512.MaxNative(max3, Vector512.LoadUnsafe(ref first, i + (3 * Step)));
        }

        max0 = Vector512.MaxNative(Vector512.MaxNative(max0, max1), Vector512.MaxNative(max2, max3));
        Scale(row, FactorOf(max0[0]));
    }

    /// <summary>The sums of the row and of the row with signs, in binary64 over 16 partial sums as the specification has them, and a product.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SumsAndScale(Span<float> row, ReadOnlySpan<byte> signs)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        ref byte bits = ref MemoryMarshal.GetReference(signs);
        Vector512<ulong> places = Vector512.Create(63ul, 62, 61, 60, 59, 58, 57, 56);
        Vector512<ulong> sign = Vector512.Create(1ul << 63);
        Vector512<double> sum0 = default;
        Vector512<double> sum1 = default;
        Vector512<double> signed0 = default;
        Vector512<double> signed1 = default;
        for (nuint i = 0; i < (nuint)row.Length; i += Step)
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.LoadUnsafe(ref first, i));
            Vector512<ulong> all = Vector512.Create((ulong)Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bits, i >> 3)));
            sum0 += low;
            sum1 += high;
            signed0 += low ^ (Avx512F.ShiftLeftLogicalVariable(all, places) & sign).AsDouble();
            signed1 += high ^ (Avx512F.ShiftLeftLogicalVariable(all >> 8, places) & sign).AsDouble();
        }

        Scale(row, FactorOf(Vector512.Sum(sum0 + sum1 + signed0 + signed1)));
    }

    // 1, which the compiler does not know.
    private static float FactorOf(double known) => known < double.MaxValue ? 1 : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Scale(Span<float> row, float factor)
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        Vector512<float> factors = Vector512.Create(factor);
        for (nuint i = 0; i < (nuint)row.Length; i += 4 * Step)
        {
            (Vector512.LoadUnsafe(ref first, i) * factors).StoreUnsafe(ref first, i);
            (Vector512.LoadUnsafe(ref first, i + Step) * factors).StoreUnsafe(ref first, i + Step);
            (Vector512.LoadUnsafe(ref first, i + (2 * Step)) * factors).StoreUnsafe(ref first, i + (2 * Step));
            (Vector512.LoadUnsafe(ref first, i + (3 * Step)) * factors).StoreUnsafe(ref first, i + (3 * Step));
        }
    }
}
