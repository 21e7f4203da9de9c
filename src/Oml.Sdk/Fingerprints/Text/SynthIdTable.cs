namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The 65,536 coins of the table variants, as the generators of the published framework toss them.</summary>
internal static class SynthIdTable
{
    /// <summary>How many there are, a power of two.</summary>
    public const int Size = 1 << 16;

    private static readonly Lazy<byte[]> OfTwister = new(() => Make(SynthIdVariant.TableMt19937, 0));
    private static readonly Lazy<byte[]> OfPhilox = new(() => Make(SynthIdVariant.TablePhilox, 0));

    /// <summary>A table that nobody may write to; those of seed 0 are shared.</summary>
    public static byte[] Get(SynthIdVariant variant, ulong seed) => (variant, seed) switch
    {
        (SynthIdVariant.TableMt19937, 0) => OfTwister.Value,
        (SynthIdVariant.TablePhilox, 0) => OfPhilox.Value,
        _ => Make(variant, seed),
    };

    private static byte[] Make(SynthIdVariant variant, ulong seed)
    {
        byte[] table = new byte[Size];
        MersenneTwister twister = new();
        twister.Seed((uint)seed);
        for (int i = 0; i < table.Length; i++)
        {
            // On the graphics processor each number is the first of a thread of its own.
            uint number = variant == SynthIdVariant.TableMt19937 ? twister.Next() : Philox.First(seed, (uint)i);
            table[i] = (byte)(number & 1);
        }

        return table;
    }
}
