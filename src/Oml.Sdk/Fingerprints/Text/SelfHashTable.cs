namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The permutation of 1,000,003 numbers that serves the self-hash schemes as a hash of tokens.</summary>
internal static class SelfHashTable
{
    /// <summary>The length of the table, a prime.</summary>
    public const int Modulus = 1_000_003;

    // The 47th Fibonacci number, also a prime: the authors' choice.
    private const uint AuthorsSeed = 2971215073;

    private static readonly Lazy<int[]> Authors = new(() => Make(AuthorsSeed, Modulus));

    /// <summary>The table of the authors' implementation, 4 MB that are made on first use and shared.</summary>
    public static int[] OfAuthors => Authors.Value;

    /// <summary>The first entries of a table.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="needed">How many tokens there are; more than <see cref="Modulus"/> share entries.</param>
    public static int[] Make(uint seed, int needed)
    {
        int[] items = new int[Modulus];
        int count = Math.Min(needed, Modulus);
        SeededPermutation.Fill(new MersenneTwister(), seed, items, count);
        return count == Modulus ? items : items[..count];
    }
}
