using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The spread of up to seven elements of a row at even distances: numbers k·floor(V/7) of V elements, or all if V is less than seven.</summary>
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
        nint stride = (nint)((uint)row.Length / Most);
        float a = Unsafe.Add(ref first, stride);
        float b = Unsafe.Add(ref first, 2 * stride);
        float c = Unsafe.Add(ref first, 3 * stride);
        float d = Unsafe.Add(ref first, 4 * stride);
        float e = Unsafe.Add(ref first, 5 * stride);
        float f = Unsafe.Add(ref first, 6 * stride);
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
