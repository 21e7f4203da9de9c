namespace Oml.Sdk.Fingerprints;

/// <summary>How <see cref="EmbeddingFingerprint"/> marks.</summary>
/// <remarks>Read when the <see cref="EmbeddingFingerprint"/> is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class EmbeddingFingerprintOptions
{
    /// <summary>The default of <see cref="CosineError"/>.</summary>
    public const double DefaultCosineError = 1e-4;

    /// <summary>The smallest <see cref="CosineError"/>.</summary>
    public const double MinCosineError = 1e-9;

    /// <summary>The smallest <see cref="CosineError"/> for Float16 outputs: 2⁻¹⁹, an angle of 2⁻⁹, four half units of an element as large as most.</summary>
    public const double MinCosineErrorOfHalf = 1 / 524288d;

    /// <summary>The largest <see cref="CosineError"/>.</summary>
    public const double MaxCosineError = 0.05;

    /// <summary>
    /// 1 − cos of the angle between an embedding and its marked form, the same for every row. The cosine of two marked embeddings differs
    /// from that of the unmarked ones by at most about 2·√(2·error), and by much less where they are not alike.
    /// </summary>
    /// <value>The default value is 0.0001, an angle of 0.8°. At least 10⁻⁹, for Float16 outputs 2⁻¹⁹, and at most 0.05.</value>
    public double CosineError { get; set; } = DefaultCosineError;

    /// <summary>What to do with a row that holds NaN or an infinity.</summary>
    /// <value>The default value is <see cref="NonFiniteOutputs.Refuse"/>.</value>
    public NonFiniteOutputs NonFiniteOutputs { get; set; } = NonFiniteOutputs.Refuse;

    internal void Validate(string parameterName)
    {
        if (!(CosineError >= MinCosineError && CosineError <= MaxCosineError))
        {
            throw new ArgumentOutOfRangeException(parameterName, CosineError, $"{nameof(CosineError)} is {MinCosineError} to {MaxCosineError}.");
        }

        if (!Enum.IsDefined(NonFiniteOutputs))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, NonFiniteOutputs, $"{nameof(NonFiniteOutputs)} is {nameof(NonFiniteOutputs.Refuse)} or {nameof(NonFiniteOutputs.LeaveUnmarked)}.");
        }
    }
}
