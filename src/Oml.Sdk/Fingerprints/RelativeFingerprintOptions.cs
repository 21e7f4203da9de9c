namespace Oml.Sdk.Fingerprints;

/// <summary>How <see cref="RelativeFingerprint"/> marks.</summary>
/// <remarks>Read when the <see cref="RelativeFingerprint"/> is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class RelativeFingerprintOptions
{
    /// <summary>The default of <see cref="RelativeError"/>.</summary>
    public const double DefaultRelativeError = 1e-3;

    /// <summary>The smallest <see cref="RelativeError"/>.</summary>
    public const double MinRelativeError = 1e-6;

    /// <summary>The smallest <see cref="RelativeError"/> for Float16 outputs: 2⁻¹⁰, the unit of the last place, so that every value changes.</summary>
    public const double MinRelativeErrorOfHalf = 1 / 1024d;

    /// <summary>The largest <see cref="RelativeError"/>.</summary>
    public const double MaxRelativeError = 0.05;

    /// <summary>ε: every value is multiplied by 1 + ε or by 1 − ε, so that a mean squared error changes by about ε² of the mean square of the values.</summary>
    /// <value>The default value is 0.001. At least 10⁻⁶, for Float16 outputs 2⁻¹⁰, and at most 0.05: less is lost in rounding.</value>
    public double RelativeError { get; set; } = DefaultRelativeError;

    /// <summary>
    /// For dense scores such as those of a segmentation, [batch, classes, height, width]: the dimension of the classes, 1 there. What is largest
    /// along it stays so at every place, exactly. A Float16 sample whose largest value has none above it is left unmarked.
    /// </summary>
    /// <value>The default value is null: there are no classes. 1 or more.</value>
    public int? ClassAxis { get; set; }

    /// <summary>What to do with a sample that holds NaN or an infinity.</summary>
    /// <value>The default value is <see cref="NonFiniteOutputs.Refuse"/>.</value>
    public NonFiniteOutputs NonFiniteOutputs { get; set; } = NonFiniteOutputs.Refuse;

    internal void Validate(string parameterName)
    {
        if (!(RelativeError >= MinRelativeError && RelativeError <= MaxRelativeError))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, RelativeError, $"{nameof(RelativeError)} is {MinRelativeError} to {MaxRelativeError}.");
        }

        if (ClassAxis < 1)
        {
            throw new ArgumentOutOfRangeException(parameterName, ClassAxis, $"{nameof(ClassAxis)} is 1 or more, or null; dimension 0 is the batch.");
        }

        if (!Enum.IsDefined(NonFiniteOutputs))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, NonFiniteOutputs, $"{nameof(NonFiniteOutputs)} is {nameof(NonFiniteOutputs.Refuse)} or {nameof(NonFiniteOutputs.LeaveUnmarked)}.");
        }
    }
}
