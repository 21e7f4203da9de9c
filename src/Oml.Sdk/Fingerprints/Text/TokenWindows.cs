using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The n-grams of a text.</summary>
internal static class TokenWindows
{
    /// <summary>Refuses what is no token.</summary>
    public static void CheckTokens(ReadOnlySpan<int> tokens, int vocabularySize, string parameterName)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)vocabularySize)
            {
                throw new ArgumentException(
                    $"A token is 0 to {vocabularySize - 1}; the one at {i} is {tokens[i]}.", parameterName);
            }
        }
    }

    /// <summary>Where each n-gram occurs first, in order.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="length">n.</param>
    public static List<int> Distinct(int[] tokens, int length)
    {
        List<int> starts = [];
        HashSet<int> seen = new(new SameWindow(tokens, length));
        for (int start = 0; start <= tokens.Length - length; start++)
        {
            if (seen.Add(start))
            {
                starts.Add(start);
            }
        }

        return starts;
    }

    private sealed class SameWindow(int[] tokens, int length) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => Window(x).SequenceEqual(Window(y));

        public int GetHashCode(int start)
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes(Window(start)));
            return hash.ToHashCode();
        }

        private ReadOnlySpan<int> Window(int start) => tokens.AsSpan(start, length);
    }
}
