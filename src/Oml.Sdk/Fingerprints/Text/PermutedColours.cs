namespace Oml.Sdk.Fingerprints.Text;

/// <summary>What the schemes with a Mersenne Twister have in common.</summary>
internal static class PermutedColours
{
    /// <summary>How many tokens are among the first ⌊γ·V⌋ of the permutations of their seeds.</summary>
    public static int CountGreen(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> targets, KgwSettings settings, CancellationToken cancellationToken)
    {
        MersenneTwister generator = new();
        int green = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            // A permutation takes long enough not to feel it.
            cancellationToken.ThrowIfCancellationRequested();
            green += SeededPermutation.IsAmongFirst(generator, (uint)seeds[i], settings.VocabularySize, settings.GreenCount, targets[i])
                ? 1
                : 0;
        }

        return green;
    }
}
