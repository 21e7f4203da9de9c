namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Finds the marks of <see cref="SynthIdProcessor"/>, and those of the published implementations.</summary>
/// <remarks>
/// <para>The statistic is the (weighted) mean of the g-values, in standard deviations from ½. Contexts that the processor left unmarked
/// because they came before are left out, and every n-gram counts once. For a key that has nothing to do with the text the g-values are fair
/// coins, so Hoeffding's bound exp(−T²/2) holds for any text; the normal tail is reported next to it.</para>
/// <para>In the variants with a table, many n-grams share a coin. The variance is that of the coins, so a long text gains little; and
/// the coins are public, so the bound is about texts that have nothing to do with the table, not about texts that were marked with it
/// under another key. Trace with <see cref="SynthIdVariant.Reference"/>.</para>
/// <para>Leave out the prompt, and what follows the end of the text. Thread-safe until it is disposed.</para>
/// </remarks>
public sealed class SynthIdDetector : IDisposable
{
    private readonly SynthIdSettings _settings;
    private readonly SynthIdKeys _keys;
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
        _keys = SynthIdKeys.Create(key.Read(), _settings);
    }

    /// <summary>Looks for marks that were made under given keys.</summary>
    /// <param name="keys">The key of each layer: 1 to 64 different numbers.</param>
    /// <param name="options">How the text was marked; null for the defaults. <see cref="SynthIdOptions.Depth"/> does not count.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">There are too few or too many keys, or two are the same.</exception>
    public SynthIdDetector(ReadOnlySpan<long> keys, SynthIdOptions? options = null)
    {
        SynthIdKeys.Check(keys, nameof(keys));
        _settings = new SynthIdSettings(options ?? new SynthIdOptions(), keys.Length, nameof(options));
        _keys = SynthIdKeys.Create(keys, _settings);
    }

    /// <summary>Tests a text.</summary>
    /// <param name="tokens">The tokens. Too few are no error: the p-value is 1.</param>
    /// <returns>The statistic and its p-values.</returns>
    /// <exception cref="ArgumentException">A token is negative.</exception>
    /// <exception cref="ObjectDisposedException">The detector was disposed.</exception>
    public TextDetectionResult Detect(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new SynthIdText(tokens, _settings, nameof(tokens)).Test(_keys);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _keys.Dispose();
    }
}
