namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Finds the marks of <see cref="SynthIdProcessor"/>, and those of the published implementations.</summary>
/// <remarks>
/// <para>The statistic is the (weighted) mean of the g-values, in standard deviations from ½. Contexts that the processor left unmarked
/// because they came before are left out, and every n-gram counts once. For a key that has nothing to do with the text the g-values of
/// <see cref="SynthIdVariant.Aes"/> are fair and independent coins, so Hoeffding's bound exp(−T²/2) holds for any text; the normal tail is
/// reported next to it.</para>
/// <para>The hash of <see cref="SynthIdVariant.Reference"/> lets the coins of one key lean to those of another. So the p-values of a text
/// are taken with the variance that its statistic has under 256 keys that are drawn after the text (related to each other as given ones are, where keys
/// are given), if that is larger, and with a margin. That is a measurement, not a proof. Trace with <see cref="SynthIdVariant.Aes"/>.</para>
/// <para>With a table a layer's key is one of 65,536, so strangers have layers in common with whoever marked a text. Here the detector looks at
/// what each of those keys sees in the text, and bounds how often a key that is drawn at random sees as much (Chernoff): that holds for any text.
/// The approximate p-value is the same one. Published keys count as drawn at random, before the text.</para>
/// <para>Leave out the prompt, and what follows the end of the text. Thread-safe until it is disposed.</para>
/// </remarks>
public sealed class SynthIdDetector : IDisposable
{
    private readonly SynthIdSettings _settings;
    private readonly ISynthIdCoins _coins;
    private volatile bool _disposed;

    /// <summary>Looks for one licensee's marks.</summary>
    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="options">How the text was marked; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public SynthIdDetector(TextKey key, SynthIdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        _settings = new SynthIdSettings(options ?? new SynthIdOptions(), null, nameof(options));
        _coins = SynthIdCoins.Create(key.Read(), _settings);
    }

    /// <summary>Looks for marks that were made under given keys.</summary>
    /// <param name="keys">The key of each layer: 1 to 64 different numbers.</param>
    /// <param name="options">
    /// How the text was marked; null for <see cref="SynthIdVariant.Reference"/> and otherwise the defaults. <see cref="SynthIdOptions.Depth"/>
    /// does not count.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">
    /// There are too few or too many keys, or two are the same, or the variant is <see cref="SynthIdVariant.Aes"/>.
    /// </exception>
    public SynthIdDetector(ReadOnlySpan<long> keys, SynthIdOptions? options = null)
    {
        _settings = SynthIdCoins.Check(keys, options);
        _coins = SynthIdKeys.Create(keys, _settings);
    }

    /// <summary>Tests a text, which was fixed before: p-values of prefixes or passages that are tested one after the other need a correction (<see cref="TextDetectionResult"/>).</summary>
    /// <param name="tokens">The tokens. Too few are no error: the p-value is 1.</param>
    /// <returns>The statistic and its p-values.</returns>
    /// <exception cref="ArgumentException">A token is negative.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public TextDetectionResult Detect(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new SynthIdText(tokens, _settings, nameof(tokens)).Test(_coins);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _coins.Dispose();
    }
}
