using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Sealing;

/// <summary>What was baked into a licensee's copy of a model. Immutable.</summary>
public sealed class BakedFingerprint
{
    internal BakedFingerprint(FingerprintSubject subject, string output, double amplitude, int rowLength, BakedPlacement placement, int markedElements)
    {
        Subject = subject;
        Output = output;
        Amplitude = amplitude;
        RowLength = rowLength;
        Placement = placement;
        MarkedElements = markedElements;
    }

    /// <summary>
    /// Whom the fingerprint names. Its model is the clean one, by the id of its ONNX file: the id to trace with, for all licensees. It is not
    /// the id of the copy, which permissions name.
    /// </summary>
    public FingerprintSubject Subject { get; }

    /// <summary>The output that is marked.</summary>
    public string Output { get; }

    /// <summary>What is added to or taken from each element; before the softmax, if one makes the output.</summary>
    public double Amplitude { get; }

    /// <summary>V, the length of the rows of the output: that of the <see cref="FingerprintEvidence.ForBakedRows"/> to trace with.</summary>
    public int RowLength { get; }

    /// <summary>Where it is.</summary>
    public BakedPlacement Placement { get; }

    /// <summary>How many elements of a row carry it: all but those whose bias is too large to change by the amplitude, such as masks.</summary>
    public int MarkedElements { get; }
}
