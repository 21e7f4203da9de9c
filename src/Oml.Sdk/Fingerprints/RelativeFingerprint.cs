using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks values: regression outputs, images, boxes, segmentation maps. Each is changed by a small, stated part of itself.</summary>
/// <remarks>
/// <para>A <em>sample</em> is all that the output says of one element of the batch, its first dimension. A value y becomes y·(1 + s·ε), with ε from
/// <see cref="RelativeFingerprintOptions.RelativeError"/>; zeros stay zeros. docs/spec/fingerprint.md §13. <see cref="RelativeEvidence"/> finds it again.</para>
/// <para>Samples of 128 values or more have a sign for each place. Of smaller ones, down to a single number, the value itself chooses the sign: numbers
/// that agree in about three digits share one. That takes many answers, of different sizes, to trace; a model that always says the same cannot be marked.</para>
/// <para>Float32, Float16 and Float64. Thread-safe. It refers to the key it was given: dispose the key after the last session was opened, not before.</para>
/// </remarks>
public sealed class RelativeFingerprint : IFingerprintEmbedderFactory
{
    private readonly SubjectKeys _keys;
    private readonly float _error;
    private readonly int? _classAxis;
    private readonly bool _refuseNonFinite;
    private readonly ExpectedRows _samples = new();

    /// <summary>For a publisher that runs the model itself: marks for any licensee.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RelativeFingerprint(FingerprintKey key, RelativeFingerprintOptions? options = null)
        : this(new SubjectKeys(key), options)
    {
    }

    /// <summary>For a licensee's application: marks for that licensee of that model alone.</summary>
    /// <param name="key">The key that the publisher derived for <paramref name="subject"/>.</param>
    /// <param name="subject">The only subject that <see cref="Create"/> accepts.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RelativeFingerprint(CarrierKey key, FingerprintSubject subject, RelativeFingerprintOptions? options = null)
        : this(new SubjectKeys(key, subject), options)
    {
    }

    private RelativeFingerprint(SubjectKeys keys, RelativeFingerprintOptions? options)
    {
        options ??= new RelativeFingerprintOptions();
        options.Validate(nameof(options));
        _keys = keys;
        _error = (float)options.RelativeError;
        _classAxis = options.ClassAxis;
        _refuseNonFinite = options.NonFiniteOutputs == NonFiniteOutputs.Refuse;
    }

    /// <inheritdoc/>
    public void CheckOutput(TensorInfo output)
    {
        MarkableOutput.CheckType(output, "relative");
        MarkableOutput.CheckStrength(
            output, nameof(RelativeFingerprintOptions.RelativeError), _error, RelativeFingerprintOptions.MinRelativeErrorOfHalf);
        if (_classAxis is { } axis && !output.IsAnyRank && output.Shape.Length <= axis)
        {
            throw new NotSupportedException($"The output '{output.Name}' has {output.Shape.Length} dimensions, so none is its classes' dimension {axis}.");
        }

        _samples.ExpectSamples(output);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">This instance has the key of another licensee or model.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public IFingerprintEmbedder Create(FingerprintSubject subject) =>
        _keys.Use(subject, key => new RelativeFingerprintEmbedder(key, _samples.Length, _error, _classAxis, _refuseNonFinite));
}
