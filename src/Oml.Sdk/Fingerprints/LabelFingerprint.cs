using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks classifiers of which users see labels only: some answers that were a close call become the runner-up. It costs accuracy.</summary>
/// <remarks>
/// <para>After DAWN (Szyller et al. 2021, arXiv 1906.00830). A row (the last dimension) whose two best scores are no further apart than
/// <see cref="LabelFingerprintOptions.MaxMargin"/> exchanges them if a coin says so that the licensee's key throws for its three best classes; no other
/// row changes. So at most the rows of a small margin change, about <see cref="LabelFingerprintOptions.Share"/> of them, and each of them to the class that
/// the model held for nearly as likely. docs/spec/fingerprint.md §12. <see cref="LabelEvidence"/> finds it again from labels, also from those of a
/// student that learnt the exceptions.</para>
/// <para>The other fingerprints keep the top-1 class; choose this one only where nothing but the label leaves your hands. Float32, Float16 and Float64, 3 to
/// 2²⁰ classes. Thread-safe. It refers to the key it was given: dispose the key after the last session was opened, not before.</para>
/// </remarks>
public sealed class LabelFingerprint : IFingerprintEmbedderFactory
{
    /// <summary>The most classes: 2²⁰.</summary>
    public const int MaxClasses = 1 << 20;

    private readonly SubjectKeys _keys;
    private readonly float _margin;
    private readonly uint _threshold;
    private readonly bool _refuseNonFinite;

    /// <summary>For a publisher that runs the model itself: marks for any licensee.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LabelFingerprint(FingerprintKey key, LabelFingerprintOptions? options = null)
        : this(new SubjectKeys(key), options)
    {
    }

    /// <summary>For a licensee's application: marks for that licensee of that model alone.</summary>
    /// <param name="key">The key that the publisher derived for <paramref name="subject"/>.</param>
    /// <param name="subject">The only subject that <see cref="Create"/> accepts.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LabelFingerprint(CarrierKey key, FingerprintSubject subject, LabelFingerprintOptions? options = null)
        : this(new SubjectKeys(key, subject), options)
    {
    }

    private LabelFingerprint(SubjectKeys keys, LabelFingerprintOptions? options)
    {
        options ??= new LabelFingerprintOptions();
        options.Validate(nameof(options));
        _keys = keys;
        _margin = (float)options.MaxMargin;
        _threshold = Kernels.CloseCall.ThresholdOf(options.Share);
        _refuseNonFinite = options.NonFiniteOutputs == NonFiniteOutputs.Refuse;
    }

    /// <inheritdoc/>
    public void CheckOutput(TensorInfo output)
    {
        MarkableOutput.Check(output, "label", 3);
        if (!output.IsAnyRank && output.Shape[^1] > MaxClasses)
        {
            throw new NotSupportedException($"The output '{output.Name}' has {output.Shape[^1]} classes; a label fingerprint takes {MaxClasses} at most.");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">This instance has the key of another licensee or model.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public IFingerprintEmbedder Create(FingerprintSubject subject) =>
        _keys.Use(subject, key => new LabelFingerprintEmbedder(key, _margin, _threshold, _refuseNonFinite));
}
