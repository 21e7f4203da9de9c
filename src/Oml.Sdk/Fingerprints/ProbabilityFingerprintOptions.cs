namespace Oml.Sdk.Fingerprints;

/// <summary>How <see cref="ProbabilityFingerprint"/> marks.</summary>
/// <remarks>Read when the <see cref="ProbabilityFingerprint"/> is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class ProbabilityFingerprintOptions
{
    /// <summary>The default of <see cref="Strength"/>.</summary>
    public const double DefaultStrength = 0.05;

    /// <summary>The smallest <see cref="Strength"/>: eight units of the last place of a float. Less is lost in rounding.</summary>
    public const double MinStrength = 1e-6;

    /// <summary>The smallest <see cref="Strength"/> for Float16 outputs: 2⁻¹⁰, the unit of the last place.</summary>
    public const double MinStrengthOfHalf = 1 / 1024d;

    /// <summary>The largest <see cref="Strength"/>.</summary>
    public const double MaxStrength = 0.5;

    /// <summary>ε: the ratio of two probabilities of a row changes by a factor of at most e^(2ε), and so does each of them.</summary>
    /// <value>The default value is 0.05: at most 10.6 % of each probability. At least 10⁻⁶, for Float16 outputs 2⁻¹⁰, and at most 0.5.</value>
    public double Strength { get; set; } = DefaultStrength;

    /// <summary>What to do with a row that holds NaN or an infinity.</summary>
    /// <value>The default value is <see cref="NonFiniteOutputs.Refuse"/>.</value>
    public NonFiniteOutputs NonFiniteOutputs { get; set; } = NonFiniteOutputs.Refuse;

    internal void Validate(string parameterName)
    {
        if (!(Strength >= MinStrength && Strength <= MaxStrength))
        {
            throw new ArgumentOutOfRangeException(parameterName, Strength, $"{nameof(Strength)} is {MinStrength} to {MaxStrength}.");
        }

        if (!Enum.IsDefined(NonFiniteOutputs))
        {
            throw new ArgumentOutOfRangeException(
                parameterName, NonFiniteOutputs, $"{nameof(NonFiniteOutputs)} is {nameof(NonFiniteOutputs.Refuse)} or {nameof(NonFiniteOutputs.LeaveUnmarked)}.");
        }
    }
}
