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

    /// <summary>The amplitude for a spread.</summary>
    /// <param name="spread">What the amplitude is a fraction of.</param>
    /// <param name="relativeAmplitude">The fraction.</param>
    /// <param name="step">The amplitude.</param>
    /// <returns>False if the row cannot carry a mark: the amplitude is zero, not normal or too large.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryStep(float spread, float relativeAmplitude, out float step)
    {
        step = relativeAmplitude * spread;
        return step >= MinStep && step <= MaxStep;
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
