using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The spread of up to seven elements of a row at even distances: number k of V elements is floor(k·V/7), or k if V is less than seven.</summary>
/// <remarks>It is found before the row is read, so that reading and marking can go hand in hand.</remarks>
internal readonly record struct RowSamples(float Low, float High)
{
    private const int Most = 7;

    // A sample more than this many times max(1, |highest sample|) below zero is the mask of a forbidden class, not a score.
    private const float MaskFactor = 256f;

    /// <summary>Looks at a row of finite elements; for any other row the answer means nothing.</summary>
    /// <param name="row">At least one element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSamples Of(ReadOnlySpan<float> row)
    {
        if (row.Length < Most)
        {
            return OfFew(row);
        }

        ref float first = ref MemoryMarshal.GetReference(row);
        ulong length = (uint)row.Length;
        float a = Unsafe.Add(ref first, (nint)(length / Most));
        float b = Unsafe.Add(ref first, (nint)(2 * length / Most));
        float c = Unsafe.Add(ref first, (nint)(3 * length / Most));
        float d = Unsafe.Add(ref first, (nint)(4 * length / Most));
        float e = Unsafe.Add(ref first, (nint)(5 * length / Most));
        float f = Unsafe.Add(ref first, (nint)(6 * length / Most));
        float high = Max(Max(Max(a, b), Max(c, d)), Max(Max(e, f), first));
        float low = Min(Min(Min(a, b), Min(c, d)), Min(Min(e, f), first));
        return low < MaskLimit(high) ? OfFew([first, a, b, c, d, e, f]) : new RowSamples(low, high);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RowSamples OfFew(ReadOnlySpan<float> samples)
    {
        float high = samples[0];
        foreach (float sample in samples)
        {
            high = Max(high, sample);
        }

        float limit = MaskLimit(high);
        float low = high;
        foreach (float sample in samples)
        {
            low = sample < limit ? low : Min(low, sample);
        }

        return new RowSamples(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MaskLimit(float high) => -MaskFactor * Max(MathF.Abs(high), 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max(float x, float y) => float.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Min(float x, float y) => float.MinNative(x, y);
}
