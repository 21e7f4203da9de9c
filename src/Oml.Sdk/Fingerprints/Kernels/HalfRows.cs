using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Rows of binary16: every conversion to binary32 is exact, and the way back rounds to nearest, ties to even.</summary>
/// <remarks>
/// .NET 10 has no intrinsics for the processor's own conversions, so they are made of integer operations. Vectors are of 256 bits: wider ones, where
/// the machine has none, are kept in memory between operations, which makes them several times slower than these.
/// </remarks>
internal readonly struct HalfRows : IRowFormat<Half>
{
    private const int Step = 16;
    private const int Infinity = 0x7c00;
    private const int Magnitude = 0x7fff;
    private const uint Sign = 0x8000;
    private const float Largest = 65504f;

    public static float LeastPart => 1f / 512;

    public static float LeastChange => 1f / (1 << 24);

    public static int FirstNonFinite(ReadOnlySpan<Half> row)
    {
        // Numbers whose exponent is all ones, of either sign.
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<Half, ushort>(row);
        int plus = bits.IndexOfAnyInRange((ushort)Infinity, (ushort)Magnitude);
        int minus = bits.IndexOfAnyInRange((ushort)(Sign | (uint)Infinity), ushort.MaxValue);
        return plus < 0 || minus < 0 ? Math.Max(plus, minus) : Math.Min(plus, minus);
    }

    public static bool NeedsClean => false;

    public static bool TryWiden(ReadOnlySpan<Half> row, Span<float> wide, out Half max)
    {
        ref short source = ref Unsafe.As<Half, short>(ref MemoryMarshal.GetReference(row));
        ref float target = ref MemoryMarshal.GetReference(wide);
        short least = short.MaxValue;
        short most = short.MinValue;
        int i = 0;
        if (Vector256.IsHardwareAccelerated && row.Length >= Step)
        {
            Vector256<short> low = Vector256.Create(least);
            Vector256<short> high = Vector256.Create(most);
            for (; i <= row.Length - Step; i += Step)
            {
                Vector256<short> bits = Vector256.LoadUnsafe(ref source, (nuint)i);
                (Vector256<int> first, Vector256<int> second) = Vector256.Widen(bits);
                Widen(first).StoreUnsafe(ref target, (nuint)i);
                Widen(second).StoreUnsafe(ref target, (nuint)i + (Step / 2));
                Vector256<short> order = bits ^ ((bits >> 15) & Vector256.Create((short)Magnitude));
                low = Vector256.Min(low, order);
                high = Vector256.Max(high, order);
            }

            least = (short)~LargestOf(~low);
            most = LargestOf(high);
        }

        for (; i < row.Length; i++)
        {
            wide[i] = (float)row[i];
            least = Math.Min(least, Order(BitConverter.HalfToInt16Bits(row[i])));
            most = Math.Max(most, Order(BitConverter.HalfToInt16Bits(row[i])));
        }

        max = BitConverter.Int16BitsToHalf(Order(most));
        return most < Infinity && least > ~Infinity;
    }

    public static bool TryCarry(Span<Half> row, Half max, ReadOnlySpan<float> clean, ReadOnlySpan<float> marked, bool isFactor, bool keepsTop)
    {
        // Of the two zeros, which are equal, the positive one is the larger here.
        Half same = max == Half.Zero ? Half.NegativeZero : max;
        Half top = max;
        if (keepsTop)
        {
            int at = MemoryMarshal.Cast<Half, short>(row).IndexOf(BitConverter.HalfToInt16Bits(max));
            top = Half.BitIncrement((Half)Clamp(marked[at]));
            if (!Half.IsFinite(top))
            {
                return false;
            }
        }

        ref float source = ref MemoryMarshal.GetReference(marked);
        ref ushort target = ref Unsafe.As<Half, ushort>(ref MemoryMarshal.GetReference(row));
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<ushort> tops = Vector256.Create(BitConverter.HalfToUInt16Bits(top));
            Vector256<ushort> maxes = Vector256.Create(BitConverter.HalfToUInt16Bits(max));
            Vector256<ushort> sames = Vector256.Create(BitConverter.HalfToUInt16Bits(same));
            for (; i <= row.Length - Step; i += Step)
            {
                Vector256<ushort> bits = Vector256.LoadUnsafe(ref target, (nuint)i);
                Vector256<ushort> narrow = Vector256.Narrow(
                    Narrow(Vector256.LoadUnsafe(ref source, (nuint)i)), Narrow(Vector256.LoadUnsafe(ref source, (nuint)i + (Step / 2))));
                narrow = keepsTop
                    ? Vector256.ConditionalSelect(Vector256.Equals(bits, maxes) | Vector256.Equals(bits, sames), tops, narrow)
                    : narrow;
                narrow.StoreUnsafe(ref target, (nuint)i);
            }
        }

        for (; i < row.Length; i++)
        {
            row[i] = keepsTop && row[i] == max ? top : (Half)Clamp(marked[i]);
        }

        return true;
    }

    private static short LargestOf(Vector256<short> values)
    {
        Vector128<short> some = Vector128.Max(values.GetLower(), values.GetUpper());
        some = Vector128.Max(some, Vector128.Shuffle(some, Vector128.Create(4, 5, 6, 7, 0, 1, 2, 3)));
        some = Vector128.Max(some, Vector128.Shuffle(some, Vector128.Create(2, 3, 0, 1, 6, 7, 4, 5)));
        return Math.Max(some[0], some[1]);
    }

    // A number that is larger where the half is: those below zero count down.
    private static short Order(short bits) => (short)(bits ^ ((bits >> 15) & Magnitude));

    // The bits of a magnitude, 13 places up, are those of a float 2^112 times smaller; that is exact for subnormal numbers too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(Vector256<int> half) =>
        ((half << 13) & Vector256.Create(unchecked((int)0x8fff_e000))).AsSingle() * Vector256.Create(5.192296858534828e33f);

    // Adding and taking away 1.5 · 2^13 times the power of two that the magnitude lies in leaves 11 bits of it, rounded as the processor rounds;
    // below 2^-14 the power is that, as subnormal numbers have one last place. What is left, times 2^-112, has the bits 13 places up; its sign is
    // lost where it is zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Narrow(Vector256<float> value)
    {
        Vector256<float> finite = Vector256.MinNative(Vector256.MaxNative(value, Vector256.Create(-Largest)), Vector256.Create(Largest));
        Vector256<uint> power = Vector256.Max(finite.AsUInt32() & Vector256.Create(0x7f80_0000u), Vector256.Create(0x3880_0000u));
        Vector256<float> shift = (power + Vector256.Create((13u << 23) | 0x40_0000u)).AsSingle();
        Vector256<float> rounded = (finite + shift - shift) * Vector256.Create(1.925929944387236e-34f);
        return (rounded.AsUInt32() >> 13) | ((value.AsUInt32() >> 16) & Vector256.Create(Sign));
    }

    private static float Clamp(float value) => Math.Clamp(value, -Largest, Largest);
}
