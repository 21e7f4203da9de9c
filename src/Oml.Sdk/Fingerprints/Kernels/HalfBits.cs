namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The numbers by which halves become floats and floats halves.</summary>
/// <remarks>
/// The bits of a half's magnitude, 13 places up, are those of a float 2^112 times smaller; that is exact for subnormal halves too. On the way back,
/// 2^13 times the power of two that a magnitude lies in is added to it: the sum keeps 11 bits of the magnitude, rounded as the processor rounds.
/// Below 2^-14 the power is that, as subnormal halves have one last place. What is added has the half's exponent among its last bits, so the low 16
/// bits of the sum are the half.
/// </remarks>
internal static class HalfBits
{
    /// <summary>By how many places the mantissa of a float is longer.</summary>
    public const int Places = 13;

    /// <summary>The largest half.</summary>
    public const float Largest = 65504f;

    /// <summary>2^-112.</summary>
    public const float Scale = 1.925929944387236e-34f;

    /// <summary>2^112.</summary>
    public const float Unscale = 5.192296858534828e33f;

    /// <summary>The sign, exponent and mantissa of a half that lies 13 places up and has its sign in the bits above as well.</summary>
    public const int Kept = unchecked((int)0x8fff_e000);

    /// <summary>The exponent of a float.</summary>
    public const uint Exponent = 0x7f80_0000;

    /// <summary>2^-14 as a float.</summary>
    public const uint LeastPower = 113u << 23;

    /// <summary>What makes of a power of two, with the power moved by 13 places down added later, what is added to a magnitude.</summary>
    public const uint Shift = (13u << 23) + 0x3c00;
}
