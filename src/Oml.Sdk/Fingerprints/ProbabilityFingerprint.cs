using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks probabilities, such as a softmax gives: each row stays a distribution, and its top-1 class is kept exactly.</summary>
/// <remarks>
/// <para>Element i becomes proportional to p·e^(±ε), with the signs that <see cref="LogitFingerprint"/> adds to logits; the sum of the row is kept to
/// rounding, and zeros stay zeros. docs/spec/fingerprint.md §8. <see cref="FingerprintEvidence.AddInformedProbabilities"/> finds the mark again.</para>
/// <para>A row with a negative element, one element or nothing but zeros is left unmarked. Thread-safe. It refers to the key it was given:
/// dispose the key after the last session was opened, not before.</para>
/// </remarks>
public sealed class ProbabilityFingerprint : IFingerprintEmbedderFactory
{
    private readonly SubjectKeys _keys;
    private readonly double _strength;
    private readonly bool _refuseNonFinite;
    private readonly ExpectedRows _rows = new();

    /// <summary>For a publisher that runs the model itself: marks for any licensee.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ProbabilityFingerprint(FingerprintKey key, ProbabilityFingerprintOptions? options = null)
        : this(new SubjectKeys(key), options)
    {
    }

    /// <summary>For a licensee's application: marks for that licensee of that model alone.</summary>
    /// <param name="key">The key that the publisher derived for <paramref name="subject"/>.</param>
    /// <param name="subject">The only subject that <see cref="Create"/> accepts.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ProbabilityFingerprint(CarrierKey key, FingerprintSubject subject, ProbabilityFingerprintOptions? options = null)
        : this(new SubjectKeys(key, subject), options)
    {
    }

    private ProbabilityFingerprint(SubjectKeys keys, ProbabilityFingerprintOptions? options)
    {
        options ??= new ProbabilityFingerprintOptions();
        options.Validate(nameof(options));
        _keys = keys;
        _strength = options.Strength;
        _refuseNonFinite = options.NonFiniteOutputs == NonFiniteOutputs.Refuse;
    }

    /// <inheritdoc/>
    public void CheckOutput(TensorInfo output)
    {
        MarkableOutput.Check(output, "probability", leastRowLength: 2);
        MarkableOutput.CheckStrength(
            output, nameof(ProbabilityFingerprintOptions.Strength), _strength, ProbabilityFingerprintOptions.MinStrengthOfHalf);
        _rows.Expect(output);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">This instance has the key of another licensee or model.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public IFingerprintEmbedder Create(FingerprintSubject subject) =>
        _keys.Use(subject, key => new ProbabilityFingerprintEmbedder(key, _rows.Length, _strength, _refuseNonFinite));
}
