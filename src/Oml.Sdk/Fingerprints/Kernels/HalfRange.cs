using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The ends of a row of finite halves.</summary>
/// <param name="Least">Its smallest element.</param>
/// <param name="Most">Its largest element; of the two zeros, which are equal, the positive one if there is one.</param>
internal readonly record struct HalfRange(Half Least, Half Most)
{
    private const ushort Infinity = 0x7c00;
    private const ushort MinusInfinity = 0xfc00;

    /// <summary>The largest magnitude of an element.</summary>
    public float Magnitude => float.Max(MathF.Abs((float)Least), MathF.Abs((float)Most));

    /// <summary>Reads a row once.</summary>
    /// <param name="row">At least one element.</param>
    /// <param name="range">Its ends, if all elements are finite.</param>
    /// <returns>False if an element is not finite.</returns>
    public static bool TryRead(ReadOnlySpan<Half> row, out HalfRange range)
    {
        // From zero up the bits count up, as numbers with a sign and without; below zero they count up where the halves count down.
        ReadOnlySpan<short> bits = MemoryMarshal.Cast<Half, short>(row);
        short low = bits[0];
        short high = low;
        ushort far = (ushort)low;
        if (Vector.IsHardwareAccelerated && bits.Length >= Vector<short>.Count)
        {
            ReadWide(bits, out low, out high, out far);
        }
        else
        {
            foreach (short one in bits)
            {
                low = Math.Min(low, one);
                high = Math.Max(high, one);
                far = Math.Max(far, (ushort)one);
            }
        }

        range = new HalfRange(
            BitConverter.Int16BitsToHalf((short)far < 0 ? (short)far : low), BitConverter.Int16BitsToHalf(high < 0 ? low : high));
        return high < Infinity && far < MinusInfinity;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadWide(ReadOnlySpan<short> bits, out short low, out short high, out ushort far)
    {
        ref short first = ref MemoryMarshal.GetReference(bits);
        nuint length = (nuint)bits.Length;
        nuint count = (nuint)Vector<short>.Count;

        // The last step, taken first, may overlap others.
        Vector<short> lows0 = Vector.LoadUnsafe(ref first, length - count);
        Vector<short> lows1 = lows0;
        Vector<short> highs0 = lows0;
        Vector<short> highs1 = lows0;
        Vector<ushort> fars0 = Vector.AsVectorUInt16(lows0);
        Vector<ushort> fars1 = fars0;
        nuint i = 0;
        for (; i + (2 * count) <= length; i += 2 * count)
        {
            Vector<short> even = Vector.LoadUnsafe(ref first, i);
            Vector<short> odd = Vector.LoadUnsafe(ref first, i + count);
            lows0 = Vector.Min(lows0, even);
            lows1 = Vector.Min(lows1, odd);
            highs0 = Vector.Max(highs0, even);
            highs1 = Vector.Max(highs1, odd);
            fars0 = Vector.Max(fars0, Vector.AsVectorUInt16(even));
            fars1 = Vector.Max(fars1, Vector.AsVectorUInt16(odd));
        }

        if (i + count <= length)
        {
            Vector<short> rest = Vector.LoadUnsafe(ref first, i);
            lows0 = Vector.Min(lows0, rest);
            highs0 = Vector.Max(highs0, rest);
            fars0 = Vector.Max(fars0, Vector.AsVectorUInt16(rest));
        }

        // No vector may be alive across a call: those of the loop would be kept in memory.
        Span<short> ends = stackalloc short[3 * Vector<short>.Count];
        (~Vector.Min(lows0, lows1)).CopyTo(ends);
        Vector.Max(highs0, highs1).CopyTo(ends[Vector<short>.Count..]);
        (Vector.AsVectorInt16(Vector.Max(fars0, fars1)) ^ new Vector<short>(short.MinValue)).CopyTo(ends[(2 * Vector<short>.Count)..]);
        low = (short)~LargestOf(ends[..Vector<short>.Count]);
        high = LargestOf(ends.Slice(Vector<short>.Count, Vector<short>.Count));
        far = (ushort)(LargestOf(ends[(2 * Vector<short>.Count)..]) ^ short.MinValue);
    }

    private static short LargestOf(ReadOnlySpan<short> lanes)
    {
        Vector128<short> some = Vector128.Create(lanes);
        for (int i = Vector128<short>.Count; i < lanes.Length; i += Vector128<short>.Count)
        {
            some = Vector128.Max(some, Vector128.Create(lanes[i..]));
        }

        some = Vector128.Max(some, Vector128.Shuffle(some, Vector128.Create(4, 5, 6, 7, 0, 1, 2, 3)));
        some = Vector128.Max(some, Vector128.Shuffle(some, Vector128.Create(2, 3, 0, 1, 6, 7, 4, 5)));
        return Math.Max(some[0], some[1]);
    }
}
