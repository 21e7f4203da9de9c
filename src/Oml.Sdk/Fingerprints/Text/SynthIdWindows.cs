using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The n-grams of a text that can be tested, each once. Immutable.</summary>
internal sealed class SynthIdWindows
{
    private readonly int[] _tokens;
    private readonly int[] _starts;
    private readonly ulong[] _hashes;
    private readonly int _previous;

    public SynthIdWindows(ReadOnlySpan<int> tokens, SynthIdSettings settings)
    {
        _tokens = tokens.ToArray();
        _previous = settings.Previous;
        RecentContexts contexts = new(settings.ContextHistory);
        HashSet<ulong> seen = [];
        List<ulong> hashes = [];
        List<int> starts = [];
        for (int start = 0; start + _previous < tokens.Length; start++)
        {
            // As the processor leaves out contexts that it remembers. Beyond its memory an n-gram may come again, with the same g-values; so may
            // another of the same hash, which can be searched for without a key.
            ulong hash = GValues.Add(0, tokens.Slice(start, _previous));
            bool isMarked = contexts.Add(hash);
            hash = GValues.Add(hash, (ulong)tokens[start + _previous]);
            if (isMarked && seen.Add(hash))
            {
                hashes.Add(hash);
                starts.Add(start);
            }
        }

        _hashes = [.. hashes];
        _starts = [.. starts];
    }

    public int Count => _starts.Length;

    /// <summary>All tokens of the text.</summary>
    public int Length => _tokens.Length;

    /// <summary>The hashes of the n-grams, from 0.</summary>
    public ReadOnlySpan<ulong> Hashes => _hashes;

    /// <summary>The tokens before the last of an n-gram.</summary>
    public ReadOnlySpan<int> Context(int window) => _tokens.AsSpan(_starts[window], _previous);

    /// <summary>The last token of an n-gram.</summary>
    public int Target(int window) => _tokens[_starts[window] + _previous];
}
