using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Adds a bias to the logits whose byte is below a threshold.</summary>
internal static class GreenBytes
{
    /// <param name="logits">Changed in place; the others keep their bits.</param>
    /// <param name="bytes">One for each logit, and up to fifteen more.</param>
    /// <param name="threshold">1 … 255.</param>
    /// <param name="bias">What is added.</param>
    /// <param name="width">The widest step to take.</param>
    public static void AddBias(Span<float> logits, ReadOnlySpan<byte> bytes, int threshold, float bias, KernelWidth width)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated && width >= KernelWidth.Vector128)
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
