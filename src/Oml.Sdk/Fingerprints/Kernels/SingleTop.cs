namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The float above what the largest value becomes at most.</summary>
internal readonly struct SingleTop : IClassTop<float>
{
    public static bool NeedsMarked => false;

    public static bool TryLift(float max, float marked, float error, out float top)
    {
        // Marked samples are below 2^127, so it is finite.
        top = MathF.BitIncrement(Most(max, error));
        return true;
    }

    /// <summary>The most that a value becomes.</summary>
    public static float Most(float value, float error) => value * (value > 0 ? 1 + error : 1 - error);
}
