namespace Oml.Sdk.Fingerprints;

/// <summary>How <see cref="LabelFingerprint"/> marks.</summary>
/// <remarks>Read when the <see cref="LabelFingerprint"/> or the <see cref="LabelEvidence"/> is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class LabelFingerprintOptions
{
    /// <summary>The default of <see cref="MaxMargin"/>.</summary>
    public const double DefaultMaxMargin = 0.1;

    /// <summary>The default of <see cref="Share"/>.</summary>
    public const double DefaultShare = 0.5;

    /// <summary>The largest <see cref="Share"/>.</summary>
    public const double MaxShare = 0.5;

    /// <summary>Only rows whose two best scores are no further apart may change their label. In the unit of the output: logits, or probability.</summary>
    /// <value>The default value is 0.1: for logits, the model holds the first to be at most 1.105 times as probable as the second. Above 0 and finite.</value>
    public double MaxMargin { get; set; } = DefaultMaxMargin;

    /// <summary>What share of those rows change their label, on average over licensees.</summary>
    /// <value>The default value is 0.5. At least 0.01 and at most 0.5.</value>
    public double Share { get; set; } = DefaultShare;

    /// <summary>What to do with a row that holds NaN or an infinity.</summary>
    /// <value>The default value is <see cref="NonFiniteOutputs.Refuse"/>.</value>
    public NonFiniteOutputs NonFiniteOutputs { get; set; } = NonFiniteOutputs.Refuse;

    internal void Validate(string parameterName)
    {
        if (!(MaxMargin > 0 && double.IsFinite(MaxMargin) && (float)MaxMargin > 0))
        {
            throw new ArgumentOutOfRangeException(parameterName, MaxMargin, $"{nameof(MaxMargin)} is above 0 and finite.");
        }

        if (!(Share >= 0.01 && Share <= MaxShare))
        {
            throw new ArgumentOutOfRangeException(parameterName, Share, $"{nameof(Share)} is 0.01 to {MaxShare}.");
        }

        if (!Enum.IsDefined(NonFiniteOutputs))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, NonFiniteOutputs, $"{nameof(NonFiniteOutputs)} is {nameof(NonFiniteOutputs.Refuse)} or {nameof(NonFiniteOutputs.LeaveUnmarked)}.");
        }
    }
}
