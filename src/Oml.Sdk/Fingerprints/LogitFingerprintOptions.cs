namespace Oml.Sdk.Fingerprints;

/// <summary>How <see cref="LogitFingerprint"/> marks.</summary>
/// <remarks>Read when the <see cref="LogitFingerprint"/> is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class LogitFingerprintOptions
{
    /// <summary>The default of <see cref="RelativeAmplitude"/>.</summary>
    public const double DefaultRelativeAmplitude = 0.01;

    /// <summary>The smallest <see cref="RelativeAmplitude"/>.</summary>
    public const double MinRelativeAmplitude = 1e-6;

    /// <summary>The largest <see cref="RelativeAmplitude"/>.</summary>
    public const double MaxRelativeAmplitude = 0.25;

    /// <summary>
    /// What is added to or taken from each element, as a fraction of the spread of the row (between the lowest and the highest of
    /// up to seven elements at even distances). More is traced from fewer rows and changes the outputs more.
    /// </summary>
    /// <value>The default value is 0.01. At least 10⁻⁶ and at most 0.25. Rows beside whose scores it is lost in rounding are left unmarked.</value>
    public double RelativeAmplitude { get; set; } = DefaultRelativeAmplitude;

    /// <summary>
    /// The share of a row's elements whose signs follow what the row is about, and so differ from input to input; the others' are the same in
    /// every row. Who averages many answers to different inputs to learn a mark, and take it away, learns the second part alone.
    /// </summary>
    /// <value>
    /// The default value is 0, for signs that are the same in every row: only they survive in a distilled copy, and are found blindly. At least 0, at
    /// most 1, in steps of 1/256. Rows of fewer than 128 elements do not follow it. <see cref="ContextualEvidence"/> finds such marks.
    /// </value>
    public double ContextualShare { get; set; }

    /// <summary>What to do with a row that holds NaN or an infinity.</summary>
    /// <value>The default value is <see cref="NonFiniteOutputs.Refuse"/>.</value>
    public NonFiniteOutputs NonFiniteOutputs { get; set; } = NonFiniteOutputs.Refuse;

    internal void Validate(string parameterName)
    {
        if (!(RelativeAmplitude >= MinRelativeAmplitude && RelativeAmplitude <= MaxRelativeAmplitude))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, RelativeAmplitude, $"{nameof(RelativeAmplitude)} is {MinRelativeAmplitude} to {MaxRelativeAmplitude}.");
        }

        if (!(ContextualShare >= 0 && ContextualShare <= 1))
        {
            throw new ArgumentOutOfRangeException(parameterName, ContextualShare, $"{nameof(ContextualShare)} is 0 to 1.");
        }

        if (!Enum.IsDefined(NonFiniteOutputs))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, NonFiniteOutputs, $"{nameof(NonFiniteOutputs)} is {nameof(NonFiniteOutputs.Refuse)} or {nameof(NonFiniteOutputs.LeaveUnmarked)}.");
        }
    }
}
