namespace Oml.Sdk.Sealing;

/// <summary>How <see cref="FingerprintBaker"/> marks. Immutable.</summary>
public sealed class BakingOptions
{
    /// <summary>
    /// What is added to or taken from each element of a row, an absolute number: <see cref="Fingerprints.BakingCalibration"/> finds one. A row
    /// whose two largest scores are more than twice as far apart keeps its top-1 class, to rounding; others may not.
    /// </summary>
    /// <value>Greater than 0, finite, and within what the element type of the output holds.</value>
    public required double Amplitude { get; init; }

    /// <summary>The output to mark, one of logits or other scores, or of a softmax of such.</summary>
    /// <value>The default is null: the only output of the model.</value>
    public string? Output { get; init; }

    internal void Validate(string parameterName)
    {
        if (!(Amplitude > 0 && double.IsFinite(Amplitude)))
        {
            throw new ArgumentOutOfRangeException(parameterName, Amplitude, $"{nameof(Amplitude)} is greater than 0 and finite.");
        }
    }
}
