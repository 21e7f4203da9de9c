using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Marks text as it is generated, by tournament sampling (SynthID-Text, Dathathri et al., Nature 634, 2024).</summary>
/// <remarks>
/// <para>Call it on the scores of the next token after temperature, top-k and whatever else shapes the distribution, as the last step;
/// then <b>sample</b> from the softmax of what it leaves. Taking the largest instead distorts the text and marks it less. With two leaves a
/// token's distribution is, over all keys, what it was.</para>
/// <para>One processor serves <b>one text at a time and one thread</b>: it remembers the contexts of the text; call <see cref="Reset"/>
/// before the next text. It allocates nothing once it has seen as many candidates as there will be. The cost grows with the candidates that
/// are not forbidden (−∞): with <see cref="SynthIdVariant.Aes"/> little, with the published variants by a hash for each layer and
/// candidate, so cut to the top k first.</para>
/// <para>Dispose it after the last call.</para>
/// </remarks>
public sealed class SynthIdProcessor : IDisposable
{
    private readonly SynthIdSettings _settings;
    private readonly ISynthIdCoins _coins;
    private readonly RecentContexts _contexts;
    private readonly CandidateDistribution _distribution = new();
    private int[] _tokens = [];
    private ulong[] _bits = [];
    private volatile bool _disposed;

    /// <summary>Marks for one licensee.</summary>
    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public SynthIdProcessor(TextKey key, SynthIdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        _settings = new SynthIdSettings(options ?? new SynthIdOptions(), null, nameof(options));
        _coins = SynthIdCoins.Create(key.Read(), _settings);
        _contexts = new RecentContexts(_settings.ContextHistory);
    }

    /// <summary>Marks under given keys, as the published implementations do.</summary>
    /// <param name="keys">The key of each layer: 1 to 64 different numbers.</param>
    /// <param name="options">
    /// How to mark; null for <see cref="SynthIdVariant.Reference"/> and otherwise the defaults. <see cref="SynthIdOptions.Depth"/> does not count.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">
    /// There are too few or too many keys, or two are the same, or the variant is <see cref="SynthIdVariant.Aes"/>.
    /// </exception>
    public SynthIdProcessor(ReadOnlySpan<long> keys, SynthIdOptions? options = null)
    {
        _settings = SynthIdCoins.Check(keys, options);
        _coins = SynthIdKeys.Create(keys, _settings);
        _contexts = new RecentContexts(_settings.ContextHistory);
    }

    /// <summary>How many tokens must come before a token so that it can be marked.</summary>
    public int ContextLength => _settings.Previous;

    /// <summary>Forgets the contexts: a new text begins.</summary>
    public void Reset() => _contexts.Clear();

    /// <summary>Marks the choice of the next token, given a score for every token of the vocabulary.</summary>
    /// <param name="scores">
    /// The score of token i at place i; logits or log-probabilities, −∞ for forbidden ones. They become the logarithms of the changed
    /// probabilities, −∞ where those are 0.
    /// </param>
    /// <param name="context">
    /// The tokens so far, of which the last <see cref="ContextLength"/> count. Leave the prompt out, as the published implementations
    /// do, or the same prompt always begins in the same way.
    /// </param>
    /// <returns>Whether the scores were changed.</returns>
    /// <exception cref="ArgumentException">A token that counts is negative.</exception>
    /// <exception cref="ObjectDisposedException">The processor was disposed.</exception>
    public SynthIdOutcome Apply(Span<float> scores, ReadOnlySpan<int> context) => ApplyCore(scores, default, context);

    /// <summary>Marks the choice of the next token, given the candidates that are left.</summary>
    /// <param name="scores">As above, the score of each candidate.</param>
    /// <param name="candidates">The token of each score, each once; as many as scores.</param>
    /// <param name="context">As above.</param>
    /// <returns>Whether the scores were changed.</returns>
    /// <exception cref="ArgumentException">There is not a candidate for each score, or a candidate or a token that counts is negative.</exception>
    /// <exception cref="ObjectDisposedException">The processor was disposed.</exception>
    public SynthIdOutcome Apply(Span<float> scores, ReadOnlySpan<int> candidates, ReadOnlySpan<int> context)
    {
        if (candidates.Length != scores.Length)
        {
            throw new ArgumentException($"There are {scores.Length} scores and {candidates.Length} candidates.", nameof(candidates));
        }

        TokenWindows.CheckTokens(candidates, int.MaxValue, nameof(candidates));
        return ApplyCore(scores, candidates, context);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _coins.Dispose();
    }

    private SynthIdOutcome ApplyCore(Span<float> scores, ReadOnlySpan<int> candidates, ReadOnlySpan<int> context)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (context.Length < _settings.Previous)
        {
            return default;
        }

        context = context[^_settings.Previous..];
        TokenWindows.CheckTokens(context, int.MaxValue, nameof(context));
        if (!_distribution.TryRead(scores, out double entropy))
        {
            return default;
        }

        // Without the key: equal are the same contexts.
        if (!_contexts.Add(GValues.Add(0, context)))
        {
            return default;
        }

        Span<double> probabilities = _distribution.Probabilities;
        Reserve(probabilities.Length);
        Span<int> tokens = _tokens.AsSpan(0, probabilities.Length);
        Span<ulong> bits = _bits.AsSpan(0, probabilities.Length);
        ReadTokens(candidates, tokens);
        _coins.OfCandidates(context, tokens, bits);
        Tournament.Play(probabilities, bits, _settings.Depth, _settings.Leaves);
        _distribution.Write(scores);
        return new SynthIdOutcome(true, entropy);
    }

    // What is beyond the last candidate has a probability of zero, and may be any token.
    private void ReadTokens(ReadOnlySpan<int> candidates, Span<int> tokens)
    {
        for (int i = 0; i < _distribution.Count; i++)
        {
            int place = _distribution.PlaceOf(i);
            tokens[i] = candidates.IsEmpty ? place : candidates[place];
        }
    }

    private void Reserve(int count)
    {
        if (_tokens.Length < count)
        {
            _tokens = new int[count];
            _bits = new ulong[count];
        }
    }
}
