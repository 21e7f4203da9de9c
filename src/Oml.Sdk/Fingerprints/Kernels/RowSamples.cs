using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The spread of up to seven elements of a row at even distances: numbers k·floor(V/7) of V elements, or all if V is less than seven.</summary>
/// <remarks>It is found before the row is read, so that reading and marking can go hand in hand.</remarks>
internal readonly record struct RowSamples(float Low, float High)
{
    private const int Most = 7;

    // A spread of fewer than about 64 to 128 units of the last place is no measure of a row.
    private const float FlatPart = 1 / 131072f;

    /// <summary>The magnitude of the larger end.</summary>
    public float Magnitude
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Max(MathF.Abs(Low), MathF.Abs(High));
    }

    /// <summary>Whether the samples lie too close together to say how far the row's scores spread: they may all be masks.</summary>
    public bool IsFlat
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !(High - Low > FlatPart * Magnitude);
    }

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
        return high - low > MaskRule.Distance ? OfFew([first, a, b, c, d, e, f]) : new RowSamples(low, high);
    }

    /// <summary>Looks at a row of halves.</summary>
    /// <param name="row">At least one element, all finite.</param>
    public static RowSamples Of(ReadOnlySpan<Half> row)
    {
        int count = Math.Min(row.Length, Most);
        int stride = row.Length / count;
        Span<Half> samples = stackalloc Half[Most + 1];
        for (int i = 0; i < count; i++)
        {
            samples[i] = row[i * stride];
        }

        Span<float> wide = stackalloc float[Most + 1];
        HalfRows.Widen(samples, wide);
        return Of(wide[..count]);
    }

    /// <summary>Where the scores of a row begin and end whose samples are flat.</summary>
    /// <param name="row">Finite elements.</param>
    /// <param name="max">The largest of them.</param>
    /// <remarks>
    /// What lies above the samples decides whether they are masks: if it is far from them and close together, it is the scores. It takes
    /// a few passes, but such rows are rare.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public RowSamples Resolve(ReadOnlySpan<float> row, float max)
    {
        float floor = Low;
        float level = High;
        while (true)
        {
            float next = LeastAbove(row, level + (FlatPart * MathF.Abs(level)));
            if (float.IsNaN(next) || !MaskRule.IsGap(next - level, max - next))
            {
                return new RowSamples(floor, max);
            }

            floor = level = next;
        }
    }

    /// <summary>The same for a row of halves.</summary>
    public RowSamples Resolve(ReadOnlySpan<Half> row, float max)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(row.Length);
        try
        {
            Span<float> wide = rented.AsSpan(0, row.Length);
            HalfRows.Widen(row, wide);
            return Resolve(wide, max);
        }
        finally
        {
            // Beside the marked row it would show the signs.
            ArrayPool<float>.Shared.Return(rented, clearArray: true);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RowSamples OfFew(ReadOnlySpan<float> samples)
    {
        Span<float> descending = stackalloc float[Most];
        descending = descending[..samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            int at = i;
            for (; at > 0 && descending[at - 1] < samples[i]; at--)
            {
                descending[at] = descending[at - 1];
            }

            descending[at] = samples[i];
        }

        return new RowSamples(descending[MaskRule.CountScores(descending) - 1], descending[0]);
    }

    private static float LeastAbove(ReadOnlySpan<float> row, float limit)
    {
        float least = float.NaN;
        foreach (float value in row)
        {
            least = value > limit && !(value >= least) ? value : least;
        }

        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max(float x, float y) => float.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Min(float x, float y) => float.MinNative(x, y);
}
