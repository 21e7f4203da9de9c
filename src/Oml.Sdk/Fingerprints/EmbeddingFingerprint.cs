using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks embeddings: each row is turned by one small angle, and keeps its length.</summary>
/// <remarks>
/// <para>A row y becomes ‖y‖ times the unit vector at the angle that <see cref="EmbeddingFingerprintOptions.CosineError"/> says, in the direction of the
/// carrier's signs. So norms stay, to rounding, and every embedding has the same stated cosine with its unmarked form. docs/spec/fingerprint.md §9.
/// <see cref="FingerprintEvidence"/> finds the mark again, as it does that of logits.</para>
/// <para>Rows need 128 elements or more, which embeddings have. A row of zeros is left unmarked. Thread-safe. It refers to the key it
/// was given: dispose the key after the last session was opened, not before.</para>
/// </remarks>
public sealed class EmbeddingFingerprint : IFingerprintEmbedderFactory
{
    private readonly SubjectKeys _keys;
    private readonly double _error;
    private readonly bool _refuseNonFinite;
    private readonly ExpectedRows _rows = new();

    /// <summary>For a publisher that runs the model itself: marks for any licensee.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public EmbeddingFingerprint(FingerprintKey key, EmbeddingFingerprintOptions? options = null)
        : this(new SubjectKeys(key), options)
    {
    }

    /// <summary>For a licensee's application: marks for that licensee of that model alone.</summary>
    /// <param name="key">The key that the publisher derived for <paramref name="subject"/>.</param>
    /// <param name="subject">The only subject that <see cref="Create"/> accepts.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public EmbeddingFingerprint(CarrierKey key, FingerprintSubject subject, EmbeddingFingerprintOptions? options = null)
        : this(new SubjectKeys(key, subject), options)
    {
    }

    private EmbeddingFingerprint(SubjectKeys keys, EmbeddingFingerprintOptions? options)
    {
        options ??= new EmbeddingFingerprintOptions();
        options.Validate(nameof(options));
        _keys = keys;
        _error = options.CosineError;
        _refuseNonFinite = options.NonFiniteOutputs == NonFiniteOutputs.Refuse;
    }

    /// <inheritdoc/>
    public void CheckOutput(TensorInfo output)
    {
        MarkableOutput.Check(output, "embedding", CarrierLayout.BlockElements);
        MarkableOutput.CheckStrength(
            output, nameof(EmbeddingFingerprintOptions.CosineError), _error, EmbeddingFingerprintOptions.MinCosineErrorOfHalf);
        _rows.Expect(output);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">This instance has the key of another licensee or model.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public IFingerprintEmbedder Create(FingerprintSubject subject) =>
        _keys.Use(subject, key => new EmbeddingFingerprintEmbedder(key, _rows.Length, 1 - _error, _refuseNonFinite));
}
