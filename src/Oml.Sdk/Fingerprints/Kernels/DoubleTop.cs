namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The double above all that the classes became.</summary>
internal readonly struct DoubleTop : IClassTop<double>
{
    public static bool NeedsMarked => true;

    public static bool TryLift(double max, double marked, float error, out double top)
    {
        // Their binary32 forms are below 2^127, so it is finite.
        top = Math.BitIncrement(marked);
        return true;
    }
}
