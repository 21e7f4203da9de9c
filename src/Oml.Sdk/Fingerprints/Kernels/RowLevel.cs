using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The numbers by which a row is marked.</summary>
/// <param name="Max">Its largest element.</param>
/// <param name="Step">The amplitude: what is added or taken away.</param>
/// <param name="Top">What its largest element becomes.</param>
internal readonly record struct RowLevel(float Max, float Step, float Top)
{
    // 2^101. Less than half of the last place of every number from 2^126 on, so nothing overflows and such numbers stay as they are.
    private const float MaxStep = 2.5353012e30f;

    // 2^-126, the smallest normal number.
    private const float MinStep = 1.17549435e-38f;

    // Two to four units of the last place: less is lost in rounding, or kept by some elements only.
    private const float LeastPart = 1 / 4194304f;

    /// <summary>The amplitude for a spread.</summary>
    /// <param name="scores">Between which values a row's scores lie; the amplitude is a fraction of the distance.</param>
    /// <param name="relativeAmplitude">The fraction.</param>
    /// <param name="step">The amplitude.</param>
    /// <returns>False if the row cannot carry a mark: the amplitude is zero, not normal, too large, or lost beside the scores.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryStep(RowSamples scores, float relativeAmplitude, out float step)
    {
        step = relativeAmplitude * (scores.High - scores.Low);
        return step >= MinStep && step <= MaxStep && step >= LeastPart * scores.Magnitude;
    }

    /// <summary>The numbers for a row whose amplitude and largest element are known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLevel Of(float max, float step) => new(max, step, float.MinNative(Next(max + step), float.MaxValue));

    // The next float up is one step of the bits: away from zero above it, towards it below.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Next(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return value == 0f ? float.Epsilon : BitConverter.Int32BitsToSingle(bits + ((bits >> 31) | 1));
    }
}
