using System.Numerics;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Colours from a permutation that is seeded with the sum of the tokens before.</summary>
internal sealed class LeftHashGreenList(long hashKey, KgwSettings settings) : IGreenList
{
    private readonly MersenneTwister _generator = new();
    private int[] _permutation = [];

    public bool IsNumberKeyed => true;

    public void Bias(Span<float> logits, ReadOnlySpan<int> context)
    {
        // A detector never gets here, so it never holds the permutation.
        _permutation = _permutation.Length == 0 ? new int[settings.VocabularySize] : _permutation;
        SeededPermutation.Fill(_generator, (uint)SeedOf(context), _permutation, settings.GreenCount);
        foreach (int token in _permutation.AsSpan(0, settings.GreenCount))
        {
            logits[token] += settings.Bias;
        }
    }

    public void Seeds(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<ulong> seeds)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            seeds[i] = SeedOf(tokens.Slice(starts[i], settings.ContextWidth));
        }
    }

    public void FreeBits(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<byte> freeBits)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            freeBits[i] = (byte)BitOperations.TrailingZeroCount((uint)Sum(tokens.Slice(starts[i], settings.ContextWidth)));
        }
    }

    public int CountGreen(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> targets, CancellationToken cancellationToken) =>
        PermutedColours.CountGreen(seeds, targets, settings, cancellationToken);

    public void Dispose() => hashKey = 0;

    // The published code computes without overflow, then modulo 2⁶⁴ − 1; the generator takes the low half.
    private ulong SeedOf(ReadOnlySpan<int> context) => (uint)(((UInt128)(ulong)hashKey * Sum(context)) % ulong.MaxValue);

    private static ulong Sum(ReadOnlySpan<int> context)
    {
        ulong sum = 0;
        foreach (int token in context)
        {
            sum += (uint)token;
        }

        return sum;
    }
}
