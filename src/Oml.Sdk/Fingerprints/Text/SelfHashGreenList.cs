using System.Numerics;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Colours from permutations that are seeded with the tokens before and the candidate itself.</summary>
internal sealed class SelfHashGreenList : IGreenList
{
    private readonly KgwSettings _settings;
    private readonly int[] _hashes;
    private readonly MersenneTwister _generator = new();
    private readonly int[] _window;
    private readonly LikeliestTokens _candidates;
    private long _hashKey;

    public SelfHashGreenList(long hashKey, KgwSettings settings)
    {
        _hashKey = hashKey;
        _settings = settings;
        _hashes = settings.Scheme == KgwScheme.SelfHash ? SelfHashTable.OfAuthors : SelfHashTable.Make((uint)hashKey, settings.VocabularySize);
        _window = new int[settings.ContextWidth];
        _candidates = new LikeliestTokens(Math.Min(settings.SelfHashCandidates, settings.VocabularySize));
    }

    public bool IsNumberKeyed => true;

    public void Bias(Span<float> logits, ReadOnlySpan<int> context)
    {
        context.CopyTo(_window);
        foreach (int candidate in _candidates.Find(logits))
        {
            _window[^1] = candidate;
            uint seed = (uint)SeedOf(_window);
            if (SeededPermutation.IsAmongFirst(_generator, seed, _settings.VocabularySize, _settings.GreenCount, candidate))
            {
                logits[candidate] += _settings.Bias;
            }
        }
    }

    public void Seeds(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<ulong> seeds)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            seeds[i] = SeedOf(tokens.Slice(starts[i], _settings.ContextWidth));
        }
    }

    // Which token makes the least product depends on the upper half of the key too, so that any of them may. With a table that is made of the key, keys
    // that differ in the low half have nothing in common.
    public void FreeBits(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<byte> freeBits)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            freeBits[i] = _settings.Scheme == KgwScheme.SelfHash ? FreeBits(tokens.Slice(starts[i], _settings.ContextWidth)) : (byte)0;
        }
    }

    public int CountGreen(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> targets, CancellationToken cancellationToken) =>
        PermutedColours.CountGreen(seeds, targets, _settings, cancellationToken);

    public void Dispose() => _hashKey = 0;

    // The least of key · hash(token) · hash(candidate) in signed 64-bit arithmetic that wraps, then modulo 2⁶⁴ − 1, which for a negative
    // number is one less than its two's complement; the generator takes the low half.
    private ulong SeedOf(ReadOnlySpan<int> window)
    {
        long anchor = HashOf(window[^1]);
        long least = long.MaxValue;
        foreach (int token in window)
        {
            least = Math.Min(least, unchecked(_hashKey * HashOf(token) * anchor));
        }

        return (uint)unchecked(least < 0 ? least - 1 : least);
    }

    private byte FreeBits(ReadOnlySpan<int> window)
    {
        int most = 0;
        foreach (int token in window)
        {
            most = Math.Max(most, BitOperations.TrailingZeroCount(HashOf(token)));
        }

        return (byte)Math.Min(most + BitOperations.TrailingZeroCount(HashOf(window[^1])), NumberKeyTail.SeedBits);
    }

    private long HashOf(int token) => _hashes[token % SelfHashTable.Modulus] + 1L;
}
