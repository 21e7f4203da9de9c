using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Adds a bias to the logits whose byte is below a threshold.</summary>
internal static class GreenBytes
{
    /// <param name="logits">Changed in place; the others keep their bits.</param>
    /// <param name="bytes">One for each logit, or more.</param>
    /// <param name="threshold">1 … 255.</param>
    /// <param name="bias">What is added.</param>
    /// <param name="width">The widest step to take.</param>
    public static void AddBias(Span<float> logits, ReadOnlySpan<byte> bytes, int threshold, float bias, KernelWidth width)
    {
        int i = 0;
        if (Avx512F.IsSupported && width >= KernelWidth.Vector512)
        {
            ref float first = ref MemoryMarshal.GetReference(logits);
            ref byte noise = ref MemoryMarshal.GetReference(bytes);
            Vector512<int> limit = Vector512.Create(threshold);
            Vector512<float> step = Vector512.Create(bias);
            for (; i <= logits.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<int> number = Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref noise, (nuint)i));
                Vector512<float> value = Vector512.LoadUnsafe(ref first, (nuint)i);
                Vector512.ConditionalSelect(Vector512.LessThan(number, limit).AsSingle(), value + step, value).StoreUnsafe(ref first, (nuint)i);
            }
        }
        else if (Avx2.IsSupported && width >= KernelWidth.Vector256)
        {
            ref float first = ref MemoryMarshal.GetReference(logits);
            ref byte noise = ref MemoryMarshal.GetReference(bytes);
            Vector256<int> limit = Vector256.Create(threshold);
            Vector256<float> step = Vector256.Create(bias);
            for (; i <= logits.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector128<byte> eight = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref noise, i))).AsByte();
                Vector256<float> value = Vector256.LoadUnsafe(ref first, (nuint)i);
                Vector256<float> isGreen = Vector256.LessThan(Avx2.ConvertToVector256Int32(eight), limit).AsSingle();
                Vector256.ConditionalSelect(isGreen, value + step, value).StoreUnsafe(ref first, (nuint)i);
            }
        }
        else if (Vector128.IsHardwareAccelerated && width >= KernelWidth.Vector128)
        {
            ref float first = ref MemoryMarshal.GetReference(logits);
            ref byte noise = ref MemoryMarshal.GetReference(bytes);
            Vector128<byte> limit = Vector128.Create((byte)threshold);
            Vector128<float> step = Vector128.Create(bias);
            for (; i <= logits.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                // As signed numbers a mask widens to a mask.
                Vector128<sbyte> mask = Vector128.LessThan(Vector128.LoadUnsafe(ref noise, (nuint)i), limit).AsSByte();
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(mask);
                (Vector128<int> mask0, Vector128<int> mask1) = Vector128.Widen(low);
                (Vector128<int> mask2, Vector128<int> mask3) = Vector128.Widen(high);
                Add(ref first, i, mask0, step);
                Add(ref first, i + 4, mask1, step);
                Add(ref first, i + 8, mask2, step);
                Add(ref first, i + 12, mask3, step);
            }
        }

        for (; i < logits.Length; i++)
        {
            logits[i] = bytes[i] < threshold ? logits[i] + bias : logits[i];
        }
    }

    // Chosen, not masked: adding 0 would turn -0 into +0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref float first, int index, Vector128<int> mask, Vector128<float> step)
    {
        Vector128<float> value = Vector128.LoadUnsafe(ref first, (nuint)index);
        Vector128.ConditionalSelect(mask.AsSingle(), value + step, value).StoreUnsafe(ref first, (nuint)index);
    }
}
