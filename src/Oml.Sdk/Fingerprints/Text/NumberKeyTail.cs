namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How often a random number, as the key of a published KGW scheme, finds as many green tokens or more in a text that another number may have marked.</summary>
/// <remarks>
/// A seed has 32 bits and is a product with the key, modulo 2³², so two odd keys that agree in their low 32 − k bits have the same seed wherever the
/// other factor is a multiple of 2ᵏ. A random key agrees with the marker's so far, and no further, with a chance of 2⁻³¹ for k = 0 and of 2^(k − 32) for
/// k = 1 … 31; it may then see all coins of k free bits or more green, and the others as any key sees them (docs/spec/fingerprint.md §7.2).
/// </remarks>
internal static class NumberKeyTail
{
    /// <summary>Bits of a seed, and of a key as far as it is certain to matter.</summary>
    public const int SeedBits = 32;

    /// <summary>The decimal logarithm of the chance of a key to see all: 2⁻³¹, as keys are odd. No p-value is less.</summary>
    public const double Log10Least = -9.331929865583417;

    /// <summary>The decimal logarithm of the chance, at least <see cref="Log10Least"/>.</summary>
    /// <param name="green">How many tokens are green.</param>
    /// <param name="freeBits">For each coin how many of the upper bits of the low half of the key do not matter to it, at most <see cref="SeedBits"/>.</param>
    /// <param name="chance">γ.</param>
    public static double Log10(int green, ReadOnlySpan<byte> freeBits, double chance)
    {
        Span<int> shared = stackalloc int[SeedBits];
        shared.Clear();
        foreach (byte free in freeBits)
        {
            shared[Math.Min((int)free, SeedBits - 1)]++;
        }

        double sum = 0;
        double share = 0.5;
        double tail = 1;
        int coins = 0;
        int before = -1;
        for (int k = SeedBits - 1; k >= 0; k--)
        {
            coins += shared[k];
            tail = coins == before ? tail : Math.Pow(10, BinomialTail.Log10(green - coins, freeBits.Length - coins, chance));
            before = coins;
            sum += share * tail;
            share = k > 1 ? share / 2 : share;
        }

        return Math.Min(0, Math.Log10(sum));
    }
}
