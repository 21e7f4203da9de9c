using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Benchmarks;

/// <summary>The yardstick of the embedder: loads every element and stores it where it was, with the widest vectors, eight at a time.</summary>
internal static class InPlaceCopy
{
    /// <summary>Copies a buffer onto itself; its length is a multiple of 128.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(Span<float> data)
    {
        ref float first = ref MemoryMarshal.GetReference(data);
        if (Vector512.IsHardwareAccelerated)
        {
            for (nuint i = 0; i < (nuint)data.Length; i += 128)
            {
                Vector512<float> a = Vector512.LoadUnsafe(ref first, i);
                Vector512<float> b = Vector512.LoadUnsafe(ref first, i + 16);
                Vector512<float> c = Vector512.LoadUnsafe(ref first, i + 32);
                Vector512<float> d = Vector512.LoadUnsafe(ref first, i + 48);
                Vector512<float> e = Vector512.LoadUnsafe(ref first, i + 64);
                Vector512<float> f = Vector512.LoadUnsafe(ref first, i + 80);
                Vector512<float> g = Vector512.LoadUnsafe(ref first, i + 96);
                Vector512<float> h = Vector512.LoadUnsafe(ref first, i + 112);
                a.StoreUnsafe(ref first, i);
                b.StoreUnsafe(ref first, i + 16);
                c.StoreUnsafe(ref first, i + 32);
                d.StoreUnsafe(ref first, i + 48);
                e.StoreUnsafe(ref first, i + 64);
                f.StoreUnsafe(ref first, i + 80);
                g.StoreUnsafe(ref first, i + 96);
                h.StoreUnsafe(ref first, i + 112);
            }
        }
        else
        {
            for (nuint i = 0; i < (nuint)data.Length; i += 32)
            {
                Vector256<float> a = Vector256.LoadUnsafe(ref first, i);
                Vector256<float> b = Vector256.LoadUnsafe(ref first, i + 8);
                Vector256<float> c = Vector256.LoadUnsafe(ref first, i + 16);
                Vector256<float> d = Vector256.LoadUnsafe(ref first, i + 24);
                a.StoreUnsafe(ref first, i);
                b.StoreUnsafe(ref first, i + 8);
                c.StoreUnsafe(ref first, i + 16);
                d.StoreUnsafe(ref first, i + 24);
            }
        }
    }
}
