namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The half above what the largest value becomes at most. Above the largest half there is none.</summary>
internal readonly struct HalfTop : IClassTop<Half>
{
    public static bool NeedsMarked => false;

    public static bool TryLift(Half max, Half marked, float error, out Half top)
    {
        float most = SingleTop.Most((float)max, error);
        top = Half.BitIncrement((Half)Math.Clamp(most, (float)Half.MinValue, (float)Half.MaxValue));
        return Half.IsFinite(top);
    }
}
