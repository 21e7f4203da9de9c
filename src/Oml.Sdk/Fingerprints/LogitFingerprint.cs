using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks logits and other scores: adds a keyed sequence of signs, scaled to each row, and keeps each row's top-1 class exactly.</summary>
/// <remarks>
/// <para>A row is the last dimension of the output. Element i becomes z + ε·s, where s = ±1 is a bit of AES-128 in counter mode under
/// the licensee's <see cref="CarrierKey"/> and ε is <see cref="LogitFingerprintOptions.RelativeAmplitude"/> times the spread of the
/// row; the largest element, and all that equal it, become the float above its value + ε, so that they stay the largest. The whole
/// definition is in docs/spec/fingerprint.md. <see cref="FingerprintEvidence"/> finds the mark again.</para>
/// <para>Thread-safe. It refers to the key it was given: dispose the key after the last session was opened, not before. The
/// embedders that it made have what they need.</para>
/// </remarks>
public sealed class LogitFingerprint : IFingerprintEmbedderFactory
{
    private readonly SubjectKeys _keys;
    private readonly float _relativeAmplitude;
    private readonly double _contextualShare;
    private readonly bool _refuseNonFinite;
    private readonly ExpectedRows _rows = new();

    /// <summary>For a publisher that runs the model itself: marks for any licensee.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LogitFingerprint(FingerprintKey key, LogitFingerprintOptions? options = null)
        : this(new SubjectKeys(key), options)
    {
    }

    /// <summary>For a licensee's application: marks for that licensee of that model alone.</summary>
    /// <param name="key">The key that the publisher derived for <paramref name="subject"/>.</param>
    /// <param name="subject">The only subject that <see cref="Create"/> accepts.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LogitFingerprint(CarrierKey key, FingerprintSubject subject, LogitFingerprintOptions? options = null)
        : this(new SubjectKeys(key, subject), options)
    {
    }

    private LogitFingerprint(SubjectKeys keys, LogitFingerprintOptions? options)
    {
        _keys = keys;
        options ??= new LogitFingerprintOptions();
        options.Validate(nameof(options));
        _relativeAmplitude = (float)options.RelativeAmplitude;
        _contextualShare = options.ContextualShare;
        _refuseNonFinite = options.NonFiniteOutputs == NonFiniteOutputs.Refuse;
    }

    /// <inheritdoc/>
    public void CheckOutput(TensorInfo output)
    {
        MarkableOutput.Check(output, "logit", 1);
        _rows.Expect(output);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">This instance has the key of another licensee or model.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public IFingerprintEmbedder Create(FingerprintSubject subject) => _keys.Use(
        subject, key => new LogitFingerprintEmbedder(key, _rows.Length, _relativeAmplitude, _contextualShare, _refuseNonFinite));
}
