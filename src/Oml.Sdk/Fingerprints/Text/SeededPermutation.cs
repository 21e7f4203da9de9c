namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The permutation that the published implementations draw: Fisher and Yates from the front, with MT19937 modulo what is left.</summary>
internal static class SeededPermutation
{
    /// <summary>Writes the numbers from 0 on in the order of the permutation; only the first <paramref name="count"/> are final.</summary>
    /// <param name="generator">Its state is overwritten.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="items">As many as are permuted.</param>
    /// <param name="count">How many of the first are needed.</param>
    public static void Fill(MersenneTwister generator, uint seed, Span<int> items, int count)
    {
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = i;
        }

        generator.Seed(seed);
        int steps = Math.Min(count, items.Length - 1);
        for (int i = 0; i < steps; i++)
        {
            int other = i + (int)(generator.Next() % (uint)(items.Length - i));
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>Whether a number is among the first of a permutation. Follows that number alone, so it needs no memory.</summary>
    /// <param name="generator">Its state is overwritten.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="length">How many numbers are permuted.</param>
    /// <param name="count">How many of the first count; less than <paramref name="length"/>.</param>
    /// <param name="item">The number.</param>
    public static bool IsAmongFirst(MersenneTwister generator, uint seed, int length, int count, int item)
    {
        generator.Seed(seed);
        int place = item;
        for (int i = 0; i < count; i++)
        {
            int other = i + (int)(generator.Next() % (uint)(length - i));
            if (other == place)
            {
                return true;
            }

            place = place == i ? other : place;
        }

        return false;
    }
}
