namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Marks text as it is generated, by adding δ to the logits of green tokens (KGW, Kirchenbauer et al. 2023).</summary>
/// <remarks>
/// <para>Call <see cref="Apply"/> on the model's logits before temperature and sampling. It keeps nothing between calls, so one processor
/// may serve many texts in turn, but <b>one thread at a time</b>: it has working memory of its own and allocates nothing after the first
/// call. Text of low entropy, where δ does not change which token comes, cannot be marked.</para>
/// <para>Dispose it after the last call.</para>
/// </remarks>
public sealed class KgwProcessor : IDisposable
{
    private readonly KgwSettings _settings;
    private readonly IGreenList _list;
    private volatile bool _disposed;

    /// <summary>Marks for one licensee.</summary>
    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="options">How to mark.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public KgwProcessor(TextKey key, KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        _settings = new KgwSettings(options, nameof(options));
        _list = GreenLists.Create(key.Read(), _settings);
    }

    /// <summary>Marks as the published implementations do, under a number; for a scheme other than <see cref="KgwScheme.Aes"/>.</summary>
    /// <param name="hashKey">The number, at least 1; they use <see cref="KgwOptions.PublishedHashKey"/> unless told otherwise.</param>
    /// <param name="options">How to mark.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option or the number is out of its range.</exception>
    /// <exception cref="ArgumentException">The scheme is <see cref="KgwScheme.Aes"/>.</exception>
    public KgwProcessor(long hashKey, KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _settings = new KgwSettings(options, nameof(options));
        GreenLists.CheckHashKey(hashKey, _settings);
        _list = GreenLists.Create(hashKey, _settings);
    }

    /// <summary>γ as it is used: for <see cref="KgwScheme.Aes"/> rounded to k/256.</summary>
    public double GreenFraction => _settings.GreenFraction;

    /// <summary>How many tokens must come before a token so that it can be marked.</summary>
    public int ContextLength => _settings.Previous;

    /// <summary>Marks the choice of the next token.</summary>
    /// <param name="logits">One for each token of the vocabulary; changed in place. −∞ and NaN stay what they are.</param>
    /// <param name="context">The tokens so far, with or without the prompt; the last <see cref="ContextLength"/> count.</param>
    /// <returns>False, and nothing is changed, if there are fewer tokens so far.</returns>
    /// <exception cref="ArgumentException">There are not as many logits as the vocabulary has tokens, or a token that counts is none of them.</exception>
    /// <exception cref="ObjectDisposedException">The processor was disposed.</exception>
    public bool Apply(Span<float> logits, ReadOnlySpan<int> context)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (logits.Length != _settings.VocabularySize)
        {
            throw new ArgumentException(
                $"The vocabulary has {_settings.VocabularySize} tokens; got {logits.Length} logits.", nameof(logits));
        }

        if (context.Length < _settings.Previous)
        {
            return false;
        }

        context = context[^_settings.Previous..];
        TokenWindows.CheckTokens(context, _settings.VocabularySize, nameof(context));
        _list.Bias(logits, context);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _list.Dispose();
    }
}
