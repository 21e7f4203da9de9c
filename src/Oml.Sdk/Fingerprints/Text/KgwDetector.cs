namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Finds the marks of <see cref="KgwProcessor"/>, and those of the published implementations.</summary>
/// <remarks>
/// <para>Counts the green tokens g among the T that can be tested. Every n-gram counts once, and where two n-grams share seed and
/// token (the self-hash schemes do that often) they count once too, so that the T colours are independent: P(g or more) is exactly
/// binomial for a key that has nothing to do with the text (never more, where a permutation makes just ⌊γ·V⌋ tokens green). A
/// context of zeros alone is left out under <see cref="KgwScheme.LeftHash"/>, as its list is the same under every key.</para>
/// <para>A number as the key gives seeds of 32 bits, so a random one sees the marker's coins with a chance of 2⁻³¹, and a good part of them with a greater
/// one. The p-values of those schemes allow for that and are never below 2⁻³¹ (docs/spec/fingerprint.md §7.2); that is enough for some tens of
/// licensees at one in a million. A number that is given counts as drawn at random, before the text.</para>
/// <para>Leave out the prompt: nobody marked it. Thread-safe until it is disposed.</para>
/// </remarks>
public sealed class KgwDetector : IDisposable
{
    private readonly KgwSettings _settings;
    private readonly IGreenList _list;
    private volatile bool _disposed;

    /// <summary>Looks for one licensee's marks.</summary>
    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="options">How the text was marked.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public KgwDetector(TextKey key, KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        _settings = new KgwSettings(options, nameof(options));
        _list = GreenLists.Create(key.Read(), _settings);
    }

    /// <summary>Looks for marks that were made under a number, with a scheme other than <see cref="KgwScheme.Aes"/>.</summary>
    /// <param name="hashKey">The number, at least 1; the published implementations use <see cref="KgwOptions.PublishedHashKey"/> unless told otherwise.</param>
    /// <param name="options">How the text was marked.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option or the number is out of its range.</exception>
    /// <exception cref="ArgumentException">The scheme is <see cref="KgwScheme.Aes"/>.</exception>
    public KgwDetector(long hashKey, KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _settings = new KgwSettings(options, nameof(options));
        GreenLists.CheckHashKey(hashKey, _settings);
        _list = GreenLists.Create(hashKey, _settings);
    }

    /// <summary>Tests a text, which was fixed before: p-values of prefixes or passages that are tested one after the other need a correction (<see cref="TextDetectionResult"/>).</summary>
    /// <param name="tokens">The tokens, in the vocabulary of the model that was marked. Too few are no error: the p-value is 1.</param>
    /// <returns>The statistic and its p-values.</returns>
    /// <exception cref="ArgumentException">A token is not of the vocabulary.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public TextDetectionResult Detect(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new KgwText(tokens, _settings, nameof(tokens)).Test(_list);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _list.Dispose();
    }
}
