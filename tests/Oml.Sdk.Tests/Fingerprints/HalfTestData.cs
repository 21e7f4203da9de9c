namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Halves of every kind.</summary>
internal static class HalfTestData
{
    public const int Kinds = 7;

    /// <summary>A finite number.</summary>
    /// <param name="random">Where it comes from.</param>
    /// <param name="kind">Any bits; few numbers; zeros of both signs and numbers below; subnormal ones; near the ends; scores; scores and masks.</param>
    public static Half Number(Random random, int kind) => kind switch
    {
        0 => Bits(random.Next(0x7c00) | (random.Next(2) << 15)),
        1 => (Half)(random.Next(-2, 3) * 0.75f),
        2 => random.Next(3) == 0 ? (Half)(-0.5f) : Bits(random.Next(2) << 15),
        3 => Bits(random.Next(0x480) | (random.Next(2) << 15)),
        4 => Bits(random.Next(0x7b00, 0x7c00) | (random.Next(2) << 15)),
        5 => (Half)(3 * FingerprintTestData.Normal(random)),
        _ => random.Next(3) == 0 ? Half.MinValue : (Half)FingerprintTestData.Normal(random),
    };

    private static Half Bits(int bits) => BitConverter.UInt16BitsToHalf((ushort)bits);
}
